"""Many ways to write one event as JSON bytes; all mean the same."""

import json
from random import Random

import msgspec

_BLANKS = ("", "", " ", "  ", "\n", "\t", "\r\n")
# What real senders add: all of it must be ignored, the label among it.
EXTRAS: tuple[tuple[str, object], ...] = (
    ("Churn", "Yes"),
    ("Churn", "No"),
    ("churn_probability", 0.999),
    ("source", {"system": "crm", "tags": ["a", None, True], "version": 3}),
    ("", "a field without a name"),
    ("__proto__", {"prediction": 1}),
    ("notiz-\u00e4\u00f6\u00fc\u4e2d\U0001f4de", '\u2028 \u0000 " \\ </script>'),
    ("big", 9007199254740993),
)


def compact(event: dict) -> bytes:
    """Without blanks, in the dict's order."""
    return msgspec.json.encode(event)  # orjson's 3.13 hold 8 KiB each, and a backlog is kept


def spaced(event: dict) -> bytes:
    """As Python's json writes it: blanks after separators, other scripts escaped."""
    return json.dumps(event).encode()


def unusual(event: dict, rng: Random) -> bytes:
    """Valid, and nothing like the usual: blanks, order, escapes, numbers, extra fields."""
    fields = list(event.items()) + rng.sample(EXTRAS[1:], rng.randrange(4))
    rng.shuffle(fields)
    members = [
        _blank(rng) + _text(name, rng) + _blank(rng) + ":" + _blank(rng) + _value(name, value, rng)
        for name, value in fields
    ]
    body = ("," + _blank(rng)).join(members)
    return f"{_blank(rng)}{{{body}{_blank(rng)}}}{_blank(rng)}".encode()


def _blank(rng: Random) -> str:
    return rng.choice(_BLANKS)


def _value(name: str, value: object, rng: Random) -> str:
    if isinstance(value, str):
        return _text(value, rng)
    # Only these are numbers of any form; an integer must stay written as one.
    if name in ("MonthlyCharges", "TotalCharges"):
        return rng.choice(_number_forms(float(value)))
    return json.dumps(value, ensure_ascii=rng.random() < 0.5)


def _text(text: str, rng: Random) -> str:
    if rng.random() < 0.3:  # each character as an escape
        units = text.encode("utf-16-be", "surrogatepass").hex()
        return '"' + "".join("\\u" + units[i : i + 4] for i in range(0, len(units), 4)) + '"'
    written = json.dumps(text, ensure_ascii=rng.random() < 0.5)
    return written.replace("/", "\\/")


def _number_forms(number: float) -> list[str]:
    """Texts of one double: each is read as exactly ``number``."""
    plain = repr(number)
    forms = [
        plain,
        plain + "000" if "e" not in plain else plain,
        f"{number:.17e}",
        f"{number:.17E}",
    ]
    if number.is_integer():
        forms += [str(int(number)), f"{int(number)}e0"]
    return forms
