"""What a dead letter gives back, or why it cannot."""

import hashlib
from typing import NamedTuple

import msgspec

from testbed.history import Headers
from testbed.telco import dead_letters
from testbed.telco.records import RawRecord, read_body

EXACT, JSON = "exact", "json"
HEADERS_DROPPED = f"{dead_letters.OUR_HEADERS}headers-dropped"


class Original(NamedTuple):
    """A record as it stood on the input topic; ``partition`` where the letter names it."""

    value: bytes | None
    key: bytes | None
    headers: Headers
    partition: int | None


class NotRecoverable(Exception):
    """The letter does not hold its original; says expected and got, and nothing of the payload."""


class _Embedded(msgspec.Struct):
    original_message: msgspec.Raw


def reason(raw: RawRecord) -> str | None:
    """The letter's ``error_type``, where it can be read."""
    return dead_letters.read(raw).error_type


def original(raw: RawRecord, topic: str, fidelity: str) -> Original:
    """The record that the letter is about, to be put back on ``topic``.

    ``exact`` takes only what the letter gives back beyond doubt; ``json`` also an original that
    stands in it as plain text or as JSON, headers and key as far as they are told.
    Raises ``NotRecoverable``.
    """
    fields, letter = read_body(raw.value).fields, dead_letters.read(raw)
    if letter.error_type is None or "original_message" not in fields:
        raise NotRecoverable("expected a dead letter with error_type and original_message")
    if letter.source and letter.source.topic != topic:
        raise NotRecoverable(f"expected one of {topic}, got one of {letter.source.topic}")
    if any(name == HEADERS_DROPPED for name, _ in raw.headers):
        raise NotRecoverable("expected all headers, got a letter that had no room for them")
    return Original(
        value=_value(raw, fields, letter, fidelity),
        key=_key(raw, fields, letter, fidelity),
        headers=letter.recovered.headers or (),
        partition=letter.source.partition if letter.source else None,
    )


def _value(raw: RawRecord, fields: dict, letter: dead_letters.Letter, fidelity: str):
    given, stated = letter.recovered, fields["original_message"]
    if given.truncated:
        kept = len(given.value or b"")
        raise NotRecoverable(f"expected the whole original, got {kept} of its {given.length} bytes")
    if given.value_known:
        value = given.value
    elif fidelity == EXACT:
        raise NotRecoverable(
            "expected original_message as text with its original_message_encoding, "
            f"got {_kind(stated)} (--dead-letter json takes text and JSON as they stand)"
        )
    else:
        value = _as_it_stands(raw, stated, given.value)
    if given.sha256 and given.sha256 != hashlib.sha256(value or b"").hexdigest():
        raise NotRecoverable("expected bytes that fit original_message_sha256, got others")
    return value


def _as_it_stands(raw: RawRecord, stated: object, text: bytes | None) -> bytes | None:
    if stated is None:
        return None
    if isinstance(stated, str):
        if text is None:
            raise NotRecoverable("expected original_message to be base64, got something else")
        return text
    try:
        return bytes(msgspec.json.decode(raw.value, type=_Embedded).original_message)
    except msgspec.DecodeError as error:
        raise NotRecoverable("expected a letter that is strict JSON, got another") from error


def _key(raw: RawRecord, fields: dict, letter: dead_letters.Letter, fidelity: str):
    if fields.get("original_key_truncated") is True:
        return _whole_key(raw, fields)
    if fidelity == EXACT and not letter.recovered.key_known:
        raise NotRecoverable("expected original_key with original_key_encoding, got no such key")
    return letter.recovered.key


def _whole_key(raw: RawRecord, fields: dict) -> bytes:
    """The Kafka key, where the text had no room for it; it may have been cut as well."""
    if hashlib.sha256(raw.key or b"").hexdigest() != fields.get("original_key_sha256"):
        raise NotRecoverable("expected the whole key, got the beginning of it")
    return raw.key or b""


def _kind(stated: object) -> str:
    if isinstance(stated, str):
        return "text without it"
    return "null without it" if stated is None else "embedded JSON"
