"""Every dead letter gives the original back.

Promises: under ``exact`` the original's bytes, key, headers in order and coordinates can be
recovered; one too large for the topic is kept as a prefix with its length and digest. Under
``json`` the original equals what was sent as text or as JSON, and a source that is named is that
of such a record.
Inferred from: each dead letter beside the record that it answers. A null header value may come
back empty, for not every client can send null.
Cannot see: originals that were not kept in the history; under ``json`` those that are null, not
UTF-8 or oversized.
"""

from collections.abc import Iterable
from hashlib import sha256

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.letters import OVERSIZED_BYTES, beyond_comparing
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import DEAD_LETTERS, INPUT, Headers, Outcome, Position

ABOUT = About("dead-letter-faithful", "Every dead letter gives the original back", ("INV-18",))
OURS = "x-dlq-"  # a reserved prefix: a sender's own headers of that name need not survive
SHOWN = 60  # bytes of a value in a message

Breach = tuple[str, str]  # expected, got


def check(case: Case) -> Finding:
    """Judge each dead letter that belongs to a record."""
    examined, violations = 0, []
    breaches = _breaches_exact if case.exact_letters else _breaches_json
    placed = _placed(case)
    for entry in case.ledger.entries:
        for letter in entry.letters:
            examined += 1
            for expected, got in breaches(case, placed, entry, letter):
                violations.append(_violation(entry, letter, expected, got))
    if not examined and not case.expects(DEAD_LETTERS):
        return ABOUT.not_asked("no bad event was sent")
    return ABOUT.finding(examined, violations)


def _violation(entry: Entry, letter: Outcome, expected: str, got: str) -> Violation:
    return ABOUT.violation(
        wording.subject(entry.sent),
        expected=expected,
        got=f"{got} at {wording.spot(letter)}",
        at=letter.at,
        **wording.about(entry),
    )


def _placed(case: Case) -> dict[tuple[int, int], Entry]:
    """Each record by its partition and offset; none where some acknowledgements never came."""
    if any(one.sent.offset is None for one in case.ledger.entries):
        return {}
    return {
        (partition, entry.sent.offset): entry
        for partition, entries in case.ledger.by_partition.items()
        for entry in entries
    }


def _breaches_json(case: Case, placed: dict, entry: Entry, letter: Outcome) -> list[Breach]:
    given = letter.recovered
    if beyond_comparing(entry):
        return []
    if given is not None and _alike(given.fingerprints, entry):
        return _other_source(case, placed, entry, letter)
    value = given.value if given is not None else None
    return [(f"the original {_shown(entry.sent.value)} as text or JSON", _shown(value))]


def _other_source(case: Case, placed: dict, entry: Entry, letter: Outcome) -> list[Breach]:
    """A source that is named must be that of this record, or of one that is alike."""
    source = letter.source
    if source is None or not placed:
        return []
    named = placed.get((source.partition, source.offset))
    topic = case.began.topics.get(INPUT, source.topic)
    if source.topic == topic and named and _alike(named.sent.fingerprints, entry):
        return []
    origin = Position(topic, entry.sent.partition, entry.sent.offset)
    return [(f"the source {origin}", str(source))]


def _alike(fingerprints: Iterable[str], entry: Entry) -> bool:
    return not set(fingerprints).isdisjoint(entry.sent.fingerprints)


def _breaches_exact(case: Case, _placed: dict, entry: Entry, letter: Outcome) -> list[Breach]:
    given, sent = letter.recovered, entry.sent
    if given is None:
        return [("an original that can be recovered", "none")]
    found = _value(entry, letter)
    key = given.key if given.key_known else letter.key
    if key != sent.key or letter.key != sent.key:
        wrong = letter.key if key == sent.key else key
        found.append((f"the key {_shown(sent.key)}", _shown(wrong)))
    if not _same_headers(sent.headers, given.headers):
        found.append((f"headers {_names(sent.headers)}", _names(given.headers)))
    return found + _coordinates(case, entry, letter)


def _value(entry: Entry, letter: Outcome) -> list[Breach]:
    given, sent = letter.recovered, entry.sent
    if not sent.value_kept:
        return []
    if not given.value_known:
        return [(f"the original {_shown(sent.value)}, byte for byte", "no bytes to recover")]
    if given.truncated:
        return _truncated(sent.value, letter)
    if given.value != sent.value:
        return [(f"the original {_shown(sent.value)}", _shown(given.value))]
    return []


def _truncated(value: bytes | None, letter: Outcome) -> list[Breach]:
    """Only what would not fit may be cut, and then its start, length and digest must be true."""
    given, found = letter.recovered, []
    if value is None or len(value) <= OVERSIZED_BYTES:
        return [(f"the whole original {_shown(value)}", f"a part of it, {_shown(given.value)}")]
    if not given.value or not value.startswith(given.value):
        found.append((f"the start of {_shown(value)}", _shown(given.value)))
    if given.length != len(value):
        found.append((f"original_message_length {len(value)}", str(given.length)))
    digest = sha256(value).hexdigest()
    if given.sha256 != digest:
        found.append((f"original_message_sha256 {digest}", str(given.sha256)))
    return found


def _coordinates(case: Case, entry: Entry, letter: Outcome) -> list[Breach]:
    sent = entry.sent
    if sent.offset is None:
        return []  # its acknowledgement never came: where it stands, nobody knows
    topic = case.began.topics.get(INPUT, letter.source.topic if letter.source else "")
    origin = Position(topic, sent.partition, sent.offset)
    return [] if letter.source == origin else [(f"the source {origin}", str(letter.source))]


def _same_headers(sent: Headers, given: Headers | None) -> bool:
    kept = [header for header in sent if not header[0].lower().startswith(OURS)]
    if given is None or len(given) != len(kept):
        return False
    return all(
        name == back and (value == got or (value is None and got == b""))
        for (name, value), (back, got) in zip(kept, given, strict=True)
    )


def _names(headers: Headers | None) -> str:
    if headers is None:
        return "no headers that can be read"
    pairs = ", ".join(f"{wording.clean(name)}={_shown(value)}" for name, value in headers[:8])
    return f"[{pairs}{', ...' if len(headers) > 8 else ''}]"


def _shown(data: bytes | None) -> str:
    if data is None:
        return "null"
    cut = repr(data[:SHOWN])
    return cut if len(data) <= SHOWN else f"{cut}... ({len(data)} bytes)"
