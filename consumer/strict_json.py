"""JSON as the contract means it: UTF-8, no BOM, no NaN, no repeated key, nothing half."""

import json

from consumer.messages import DESERIALIZATION, Refusal

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class NotJson(ValueError):
    """The bytes are not JSON; ``refusal`` says why without showing them."""

    def __init__(self, got: str, where: str = "$"):
        message = f"Expected one UTF-8 JSON object, got {got} - at `{where}`"
        self.refusal = Refusal(DESERIALIZATION, message)
        super().__init__(message)


def read(value: bytes | None) -> object:
    """Parse strictly; raises ``NotJson``, and nothing else."""
    if value is None:
        raise NotJson("a null value (tombstone)")
    try:
        return _parse(_text(value))
    except json.JSONDecodeError as error:
        raise NotJson(f"malformed JSON at character {error.pos}") from None
    except RecursionError:
        raise NotJson("nesting that is too deep") from None
    except _Refused as error:
        raise NotJson(str(error)) from None
    except ValueError:  # the interpreter's own limit on digits
        raise NotJson("a number with too many digits") from None


class _Refused(Exception):
    pass


def _text(value: bytes) -> str:
    if not value.strip():
        raise NotJson("an empty value" if not value else "only white space")
    if value.startswith(_BOMS):
        raise NotJson("a byte order mark at byte 0")
    if b"\x00" in value[:4]:
        raise NotJson("a zero byte (UTF-16 or UTF-32, or a binary format)")
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"a byte that is not UTF-8 at byte {error.start}") from None
    return text


def _parse(text: str) -> object:
    document = _DECODER.decode(text)
    if "\\u" in text:
        _refuse_surrogates(document)
    return document


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Refused("the same key twice in one object")
    return fields


def _constant(name: str) -> None:
    raise _Refused(f"{name}, which is not JSON")


def _refuse_surrogates(document: object) -> None:
    """Half a surrogate pair has no UTF-8, so that nobody could echo it."""
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _Refused("half of a surrogate pair") from None


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_constant)
