"""Nearly right events without end: valid ones, changed in their fields, members and bytes.

A case follows from its number and the seed alone, so that one that fails can be made again.
"""

import json
from collections.abc import Callable
from random import Random

from testbed.history import SCORED
from testbed.telco import catalogue
from testbed.telco.catalogue.kind import Kind, known
from testbed.telco.contract import CATEGORIES, REQUIRED, classify
from testbed.telco.customers import token
from testbed.telco.draft import Draft
from testbed.telco.events import random_event, timestamp
from testbed.telco.fingerprint import fingerprints
from testbed.telco.writing import unusual

# Each is the JSON text of a value, or nearly one: where types, ranges and grammars meet.
LITERALS = (
    *("null", "true", "false", "0", "-0", "-0.0", "1", "1.0", "1e0", "10e-1", "2", "-1", "01"),
    *("100", "100.0", "100.5", "101", "1e2", "200", "200.0", "200.00000000000001", "200.01"),
    *("1000000", "1e6", "1000000.01", "1e-400", "5e-324", "1e308", "1e309", "-1e999"),
    *("9223372036854775807", "9223372036854775808", "18446744073709551616", "NaN", "Infinity"),
    *("0x1", "+1", ".5", "1.", "1e", "--1", "1_0", "[]", "{}", "[1]", '{"a":1}', '{"a":1,"a":2}'),
    *('""', '" "', '"  "', '"\\t"', '"\\u00a0"', '"\\u0020"', '"0"', '"00.50"', '"1.5"', '"1."'),
    *('".5"', '"-1"', '"1e3"', '"1000000"', '"1000000.0"', '"1000001"', '"１"', '"Yes"', '"yes"'),
    *(
        '"Y\\u0065s"',
        '"No "',
        '"No"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\udc00\\ud800"',
        '"a\nb"',
    ),
    *("'a'", '"\\x41"', '"a', "", "undefined", "/**/1", "1//", "\ufeff1", '"\u0000"', "\u00a01"),
)
TIMES = (
    *("2026-02-28T23:59:59Z", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
    *("2100-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "2026-06-31T00:00:00Z"),
    *("2026-01-01T23:59:60Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+01:00", "2026-01-01"),
    *("2026-01-01t00:00:00z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00+00:00"),
    *("2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00+0000", "2026-1-01T00:00:00Z"),
    *("0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999999Z"),
    *("2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00.Z", "+2026-01-01T00:00:00Z"),
)
NAMES = (
    "customerID{}",
    " {}",
    "{}\u200b",
    "{}\x00",
    "{}\x7f",
    "{}\x85",
    "{}\u2028",
    "{}\U0001f4de",
)
BYTES = (
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\x00", b"\xff", b"\xc0\xaf"),
    *(b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe4\xb8", b"\\u", b"\\ud800", b"\\\\", b'\\"', b"\n"),
    *(b"NaN", b"null", b"1e9", b"-", b".", b"0", b"//", b"/**/", b"\xc2\xa0", b"\xf4\x90\x80\x80"),
)
_TEXTS = tuple({value for allowed in CATEGORIES.values() for value in allowed})
# Large ones would take all the time, and have their places in the catalogue.
_SMALL_BYTES = 4_000
_small: list[Kind] = []


def draft(n: int, seed: int) -> Draft:
    """Case ``n`` as a record, with what the contract says about it."""
    rng = Random(f"{seed} {n}")
    value = _value(rng, n, seed)
    admits = classify(value)
    return Draft(
        key=f"F-{token(seed)}-{n}".encode(),
        value=value,
        admits=admits,
        fingerprints=fingerprints(value),
        note=f"fuzz case {n}",
        **known(value, SCORED in admits),
    )


def _value(rng: Random, n: int, seed: int) -> bytes | None:
    known_kind = rng.random() < 0.05
    value = rng.choice(_kinds()).make(n, seed).value if known_kind else _event(rng, n, seed)
    if value is not None and rng.random() < 0.4:
        for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
            value = rng.choice(_SPOILERS)(value, rng)
    return value


def _kinds() -> list[Kind]:
    if not _small:
        _small.extend(
            kind for kind in catalogue.KINDS if len(kind.make(0, 0).value or b"") < _SMALL_BYTES
        )
    return _small


def _event(rng: Random, n: int, seed: int) -> bytes:
    """A valid event, its members changed up to four times."""
    event = random_event(rng, f"F-{token(seed)}-{n}", timestamp(n), rng.randrange(101))
    changes = rng.choice((0, 0, 1, 1, 1, 2, 4))
    if not changes:
        return unusual(event, rng)
    members = [(json.dumps(name), json.dumps(value)) for name, value in event.items()]
    for _ in range(changes):
        rng.choice(_CHANGES)(members, event, rng)
    if rng.random() < 0.3:
        rng.shuffle(members)
    return ("{" + ",".join(f"{name}:{text}" for name, text in members) + "}").encode()


Members = list[tuple[str, str]]


def _set(members: Members, name: str, text: str) -> None:
    members[:] = [(key, text if key == json.dumps(name) else old) for key, old in members]


def _literal(members: Members, event: dict, rng: Random) -> None:
    _set(members, rng.choice(REQUIRED), rng.choice(LITERALS))


def _number(members: Members, event: dict, rng: Random) -> None:
    text = repr(rng.choice((0, 1, 100, 200, 1_000_000)) + rng.choice((0, 0.0, 1e-9, -1e-9, 1, -1)))
    name = rng.choice(("tenure", "SeniorCitizen", "MonthlyCharges", "TotalCharges"))
    _set(members, name, rng.choice((text, f'"{text}"')))


def _category(members: Members, event: dict, rng: Random) -> None:
    _set(members, rng.choice(list(CATEGORIES)), json.dumps(rng.choice(_TEXTS)))


def _time(members: Members, event: dict, rng: Random) -> None:
    _set(members, "event_ts", json.dumps(rng.choice(TIMES)))


def _name(members: Members, event: dict, rng: Random) -> None:
    customer = rng.choice(NAMES).format(event["customerID"])
    padding = rng.choice((0, 0, 64, 65))
    _set(members, "customerID", json.dumps(customer.ljust(padding, "x"), ensure_ascii=False))


def _drop(members: Members, event: dict, rng: Random) -> None:
    if members:
        members.pop(rng.randrange(len(members)))


def _repeat(members: Members, event: dict, rng: Random) -> None:
    if members:
        members.insert(rng.randrange(len(members) + 1), rng.choice(members))


def _extra(members: Members, event: dict, rng: Random) -> None:
    name = json.dumps(rng.choice(("Churn", "", "__proto__", "tenurе", "Tenure", "x" * 300)))
    members.insert(rng.randrange(len(members) + 1), (name, rng.choice(LITERALS)))


def _escaped(members: Members, event: dict, rng: Random) -> None:
    """One name spelled in escapes: the same name, so it may stand twice now."""
    name = rng.choice(REQUIRED)
    spelled = '"' + "".join(f"\\u{ord(letter):04x}" for letter in name) + '"'
    if rng.random() < 0.5:
        members.append((spelled, json.dumps(event[name])))
    else:
        members[:] = [(spelled if key == json.dumps(name) else key, old) for key, old in members]


def _place(value: bytes, rng: Random) -> int:
    return rng.randrange(len(value) + 1)


def _flip(value: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(value) or 1)
    return (
        value[:at] + bytes([(value[at] if value else 0) ^ 1 << rng.randrange(8)]) + value[at + 1 :]
    )


def _insert(value: bytes, rng: Random) -> bytes:
    at = _place(value, rng)
    return value[:at] + rng.choice(BYTES) + value[at:]


def _cut(value: bytes, rng: Random) -> bytes:
    at = _place(value, rng)
    return value[:at] + value[at + rng.choice((1, 1, 2, 8, 64)) :]


def _end(value: bytes, rng: Random) -> bytes:
    return value[: _place(value, rng)]


def _copy(value: bytes, rng: Random) -> bytes:
    at, length = _place(value, rng), rng.choice((1, 2, 16, 200))
    return value[:at] + value[at : at + length] + value[at:]


_CHANGES: tuple[Callable[[Members, dict, Random], None], ...] = (
    *(_literal, _literal, _number, _category, _time, _name, _drop, _repeat, _extra, _escaped),
)
_SPOILERS: tuple[Callable[[bytes, Random], bytes], ...] = (_flip, _insert, _cut, _end, _copy)
