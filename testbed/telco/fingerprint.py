"""Short digests by which an original and what a dead letter gives back are recognised."""

import json
from hashlib import blake2b

import orjson


def fingerprints(value: bytes | None) -> tuple[str, ...]:
    """Digests of ``value`` as text and, where it parses leniently, as JSON.

    Two values that are equal as text or as JSON (``1`` is ``1.0``, order of keys, escapes
    and blanks do not count) have one in common. None for null and for what is not UTF-8.
    """
    if value is None:
        return ()
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return ()
    try:
        document = _parsed(text)
    except (ValueError, RecursionError):
        return (_digest("t", value),)
    return _digest("t", value), *of_json(document)


def of_written(value: bytes, document: object) -> tuple[str, ...]:
    """The same as ``fingerprints`` where ``value`` is known to be ``document`` as JSON."""
    return _digest("t", value), *of_json(document)


def of_json(document: object) -> tuple[str, ...]:
    """The digest of a JSON value that a dead letter embeds; empty where none can be made."""
    try:
        return (_digest("j", _canonical(_as_doubles(document))),)
    except RecursionError:
        return ()


def of_text_or_json(text: str) -> tuple[str, ...]:
    """A string may be the original's text, or the original itself where that was a string."""
    data = text.encode("utf-8", "surrogatepass")
    return tuple(dict.fromkeys((*fingerprints(data), *of_json(text))))


_LENIENT = json.JSONDecoder(parse_int=float, parse_float=float)


def _parsed(text: str) -> object:
    """Whatever any common parser makes of it; the fast one takes all that is ordinary."""
    try:
        return orjson.loads(text)
    except ValueError:
        return _LENIENT.decode(text)


def _digest(kind: str, data: bytes) -> str:
    return kind + blake2b(data, digest_size=8).hexdigest()


def _canonical(document: object) -> bytes:
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, TypeError):  # lone surrogates, or too deep for orjson
        return json.dumps(document, sort_keys=True).encode()


def _as_doubles(value: object) -> object:
    """Numbers are doubles and zero has no sign, as in the most common JSON parsers."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is float:
        return value + 0.0
    if kind is int:
        return _double(value)
    if kind is dict:
        return {k: item if type(item) is str else _as_doubles(item) for k, item in value.items()}
    return [_as_doubles(item) for item in value]


def _double(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
