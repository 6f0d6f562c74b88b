"""What reading a prediction and reading a dead letter have in common."""

import json
from typing import NamedTuple

import jsonschema_rs
import msgspec

from testbed.history import Headers

_SHOWN = 60  # characters of a value that a sentence quotes


class RawRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record as the broker handed it over."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp_ms: int | None = None


class Body(NamedTuple):
    """The fields that could be read, and what is wrong with the JSON itself."""

    fields: dict
    problems: tuple[str, ...] = ()


def read_body(value: bytes | None) -> Body:
    """The object in ``value``, read strictly, and leniently where that fails; never raises."""
    if value is None:
        return Body({}, ("Expected a JSON object, got null, in the value.",))
    try:
        text = value.decode()
        return _object(_STRICT.decode(text))
    except RecursionError:
        return Body({}, ("Expected JSON, got brackets nested beyond reading, in the value.",))
    except ValueError as error:
        problem = f"Expected strict JSON in UTF-8, got {quoted(value)}: {error}, in the value."
    return Body(lenient_fields(value), (problem,))


def lenient_fields(value: bytes | None) -> dict:
    """The fields that a careless parser would find: any encoding, NaN, the last of two keys."""
    data = value or b""
    try:
        document = _LENIENT.decode(data.decode(json.detect_encoding(data), "replace"))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def breaches(validator: jsonschema_rs.Validator, schema: dict, fields: dict) -> tuple[str, ...]:
    """One sentence for each field that the schema refuses."""
    try:
        if validator.is_valid(fields):
            return ()
        found = {_field(error): error for error in validator.iter_errors(fields)}
    except (ValueError, OverflowError):  # a lone surrogate has no UTF-8
        return ("Expected Unicode text, got half of a surrogate pair, in the value.",)
    return tuple(_sentence(name, schema, fields) for name in found)


def validator(schema: dict) -> jsonschema_rs.Validator:
    """Compiled once; ``format`` counts."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def quoted(value: object) -> str:
    """A value as a sentence shows it: on one line, cut, and free of lone surrogates."""
    text = printable(ascii(value) if isinstance(value, float) else repr(value))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def printable(text: str) -> str:
    """The same where UTF-8 can hold it; half surrogate pairs become escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def text_of(fields: dict, name: str) -> str | None:
    """The field, where it is text."""
    value = fields.get(name)
    return printable(value) if isinstance(value, str) else None


def number_of(fields: dict, name: str) -> int | float | None:
    """The field, where it is a number that 64 bits hold; true and false are none."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -(2**63) <= value < 2**63 else None


def event_identity(fields: dict) -> tuple[str | None, str | None]:
    """Identity and entity of the event that ``fields`` speak of, as far as they can be read."""
    customer, event_ts = text_of(fields, "customerID"), text_of(fields, "event_ts")
    whole = customer is not None and event_ts is not None
    return (f"{customer}|{event_ts}" if whole else None), customer


def _unique(pairs: list[tuple[str, object]]) -> dict:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


def _refuse(name: str):
    raise ValueError(f"{name} is not JSON")


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse)
_LENIENT = json.JSONDecoder(parse_int=float, strict=False)


def _object(document: object) -> Body:
    if isinstance(document, dict):
        return Body(document)
    return Body({}, (f"Expected a JSON object, got {quoted(document)}, in the value.",))


def _field(error: jsonschema_rs.ValidationError) -> str:
    if error.kind.name == "required":
        return error.kind.property
    return str(error.instance_path[0])


def _sentence(name: str, schema: dict, fields: dict) -> str:
    what = schema["properties"].get(name, {}).get("description", "present")
    got = quoted(fields[name]) if name in fields else "nothing"
    return f"Expected {name} to be {what}, got {got}, in the value."
