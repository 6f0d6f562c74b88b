"""Reads a dead letter generously, and says what it lacks for exact recovery."""

import hashlib
import json
import re
from base64 import b64decode
from typing import NamedTuple

from testbed.history import Headers, Position, Recovered
from testbed.telco import fingerprint
from testbed.telco.records import (
    RawRecord,
    breaches,
    event_identity,
    number_of,
    printable,
    quoted,
    read_body,
    text_of,
    validator,
)
from testbed.telco.schemas import DEAD_LETTER_EXACT, DEAD_LETTER_JSON

OUR_HEADERS = "x-dlq-"  # a prefix that is reserved for the consumer
# A word alone, or a number, may be the message's own: the limits of another field among them.
_TELLING = re.compile(r"(?=.{6})(?=.*\d)(?=.*[^\d.,]).*").fullmatch
_JSON, _EXACT = validator(DEAD_LETTER_JSON), validator(DEAD_LETTER_EXACT)


class Letter(NamedTuple):
    """What a dead letter tells."""

    error_type: str | None
    source: Position | None
    recovered: Recovered
    identity: str | None
    entity: str | None
    problems: tuple[str, ...]
    exact_problems: tuple[str, ...]


class _Original(NamedTuple):
    """Bytes as a field gives them back; ``known`` when beyond doubt; else ``problem``."""

    data: bytes | None = None
    known: bool = False
    problem: str = ""


def read(raw: RawRecord) -> Letter:
    """Never raises, whatever the bytes."""
    body = read_body(raw.value)
    fields = body.fields
    message, key = _original(fields, "original_message"), _original(fields, "original_key")
    recovered = _recovered(raw, fields, message, key)
    identity, entity = event_identity(_event(fields, message))
    return Letter(
        error_type=text_of(fields, "error_type"),
        source=_source(fields),
        recovered=recovered,
        identity=identity,
        entity=entity,
        problems=body.problems or breaches(_JSON, DEAD_LETTER_JSON, fields),
        exact_problems=() if body.problems else _exact_problems(raw, fields, message, key),
    )


def _original(fields: dict, name: str) -> _Original:
    value, encoding = fields.get(name), fields.get(f"{name}_encoding")
    if value is None:
        problem = "" if encoding is None else _expected(name, "null", encoding)
        return _Original(None, not problem and f"{name}_encoding" in fields, problem)
    if not isinstance(value, str):
        return _Original()  # embedded JSON: its bytes are gone
    if encoding == "base64":
        return _from_base64(name, value)
    data = value.encode("utf-8", "surrogatepass")
    if encoding == "utf-8":
        return _Original(data, known=True)
    # Any other encoding, or none at all, is what the schema already calls wrong.
    forgotten = encoding is None and f"{name}_encoding" in fields
    return _Original(data, False, _expected(name, "utf-8 or base64", None) if forgotten else "")


def _expected(name: str, what: str, got: object) -> str:
    return f"Expected {name}_encoding to be {what}, got {quoted(got)}, in the value."


def _from_base64(name: str, value: str) -> _Original:
    try:
        return _Original(b64decode(value, validate=True), known=True)
    except ValueError as error:
        problem = f"Expected {name} to be base64, got {quoted(value)}: {error}, in the value."
        return _Original(None, False, problem)


def _recovered(raw: RawRecord, fields: dict, message: _Original, key: _Original) -> Recovered:
    length, sha256 = number_of(fields, "original_message_length"), None
    sha256 = text_of(fields, "original_message_sha256")
    stated_key = isinstance(fields.get("original_key"), str)
    return Recovered(
        value=message.data,
        value_known=message.known,
        key=key.data if stated_key or key.known else raw.key,
        key_known=key.known or (stated_key and key.data is not None),
        headers=originals(raw.headers),
        truncated=fields.get("original_message_truncated") is True,
        length=length if isinstance(length, int) else None,
        sha256=sha256.lower() if sha256 else None,
        fingerprints=_fingerprints(fields, message),
    )


def originals(headers: Headers) -> Headers:
    """The headers that are not the consumer's own."""
    return tuple(header for header in headers if not header[0].lower().startswith(OUR_HEADERS))


def _fingerprints(fields: dict, message: _Original) -> tuple[str, ...]:
    if message.known:
        return fingerprint.fingerprints(message.data)
    if "original_message" not in fields:
        return ()
    value = fields["original_message"]  # null: a tombstone, or the word null embedded
    return (
        fingerprint.of_text_or_json(value) if isinstance(value, str) else fingerprint.of_json(value)
    )


def _source(fields: dict) -> Position | None:
    topic = text_of(fields, "source_topic")
    partition, offset = (number_of(fields, f"source_{name}") for name in ("partition", "offset"))
    if topic is None or not isinstance(partition, int) or not isinstance(offset, int):
        return None
    return Position(topic, partition, offset)


def _event(fields: dict, message: _Original) -> dict:
    """The original event's fields, as far as it was JSON at all."""
    embedded = fields.get("original_message")
    if isinstance(embedded, dict):
        return embedded
    try:
        document = json.loads((message.data or b"").decode())
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _exact_problems(
    raw: RawRecord, fields: dict, message: _Original, key: _Original
) -> tuple[str, ...]:
    problems = list(breaches(_EXACT, DEAD_LETTER_EXACT, fields))
    problems += [part.problem for part in (message, key) if part.problem]
    if key.known and key.data != raw.key:
        problems.append(
            f"Expected the record's key to be the original's {quoted(key.data)}, "
            f"got {quoted(raw.key)}."
        )
    if message.known:
        problems += _size_problems(fields, message.data)
    problems += _leaks(fields, message)
    return tuple(dict.fromkeys(problems))


def _size_problems(fields: dict, data: bytes | None) -> list[str]:
    length = number_of(fields, "original_message_length")
    if fields.get("original_message_truncated") is True:
        if length is None or (data is not None and length > len(data)):
            return []
        got = f"{length} with {len(data or b'')} bytes given"
        return [f"Expected original_message_length to be above what is kept, got {got}."]
    found = []
    if length is not None and length != len(data or b""):
        found.append(f"Expected original_message_length to be {len(data or b'')}, got {length}.")
    sha256 = text_of(fields, "original_message_sha256")
    if sha256 and sha256.lower() != hashlib.sha256(data or b"").hexdigest():
        found.append(f"Expected original_message_sha256 to fit the bytes, got {sha256}.")
    return found


def _leaks(fields: dict, message: _Original) -> list[str]:
    """The error message may name the field's path, and nothing of the payload."""
    told, event = text_of(fields, "error_message") or "", _event(fields, message)
    return [
        f"Expected error_message without payload text, got the {name} in it."
        for name in ("customerID", "event_ts")
        if _TELLING(text := printable(str(event.get(name) or ""))) and text in told
    ]
