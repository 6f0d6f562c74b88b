"""Reads a record's value as an event, in one typed pass where that is exact.

``msgspec`` alone would keep the last of a repeated key and overlook broken UTF-8 in a field
that it skips. Both need more quotes than the fields that it returned: when the quotes of the
value are just those of the required fields, nothing was skipped and nothing repeated.
Everything else goes to the strict reader, which also explains.
"""

import re
from typing import Annotated, Literal

import msgspec

from consumer.features import CATEGORIES, NUMERIC, RANGES
from consumer.messages import DESERIALIZATION, Event, Refusal
from consumer.strict_json import NotJson, read
from consumer.validating import Invalid, Validator, amount, is_timestamp

# Every day that each year has; 29 February is left to the exact check.
PLAIN_TIMESTAMP = re.compile(
    r"(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?Z"
).fullmatch


def _between(kind: type, name: str) -> object:
    low, high = RANGES[name]
    return Annotated[kind, msgspec.Meta(ge=low, le=high)]


# In the order of features.COLUMNS between the two texts, so that a slice is the model's row.
_Typed = msgspec.defstruct(
    "_Typed",
    [
        ("customerID", Annotated[str, msgspec.Meta(min_length=1, max_length=64)]),
        ("SeniorCitizen", Literal[0, 1]),
        ("tenure", _between(int, "tenure")),
        ("MonthlyCharges", _between(float, "MonthlyCharges")),
        ("TotalCharges", _between(float, "TotalCharges") | str),
        *((name, Literal[allowed]) for name, allowed in CATEGORIES.items()),
        ("event_ts", str),
    ],
    gc=False,
)
_TOTAL = 4
_any_object = msgspec.json.Decoder(dict).decode
_QUOTES = 2 * (len(NUMERIC) + len(CATEGORIES) + 2) + 2 * (len(CATEGORIES) + 2)


class Reader:
    """Turns the bytes of values into an ``Event`` or a ``Refusal`` each; never raises."""

    def __init__(self, validates: bool = True):
        self._explain = Validator(validates).event
        self._decode = msgspec.json.Decoder(_Typed).decode

    def read(self, values: list[bytes | None]) -> list[Event | Refusal]:
        """Each record's value; whatever goes wrong with one is a refusal of this one."""
        plain = zip(values, self._plain(values), strict=True)
        return [event or self._strict(value) for value, event in plain]

    def _plain(self, values: list[bytes | None]) -> list[Event | None]:
        """The events that are plainly valid; None where only the strict reader can tell."""
        decode, astuple, new = self._decode, msgspec.structs.astuple, tuple.__new__
        found: list[Event | None] = []
        for value in values:
            try:
                typed = decode(value)
            except Exception:  # a reason worth giving comes from the strict reader
                found.append(None)
                continue
            quotes = _QUOTES
            if type(typed.TotalCharges) is str:
                quotes += 2
                typed.TotalCharges = amount(typed.TotalCharges)
            row = astuple(typed)
            identity, event_ts = row[0], row[-1]
            sound = (
                row[_TOTAL] is not None
                and (value.count(b'"') == quotes or _nothing_hidden(value))
                and identity.isprintable()
                and (PLAIN_TIMESTAMP(event_ts) or is_timestamp(event_ts))
            )
            # Half the time of Event(...), which would check how many it is given.
            found.append(new(Event, (identity, event_ts, row[1:-1])) if sound else None)
        return found

    def _strict(self, value: bytes | None) -> Event | Refusal:
        try:
            return self._explain(_flat(value) or read(value))
        except (NotJson, Invalid) as error:
            return error.refusal
        except Exception as error:  # the one record must not take the others down
            return Refusal(
                DESERIALIZATION,
                f"Expected a readable value, got {type(error).__name__} while reading - at `$`",
            )


def _nothing_hidden(value: bytes) -> bool:
    """Whether all that is in a value was read, and no key of it repeats."""
    return _flat(value) is not None


def _flat(value: bytes | None) -> dict | None:
    """A flat object whose keys and texts have all quotes of the value, so that none repeats.

    None where only the strict reader can tell.
    """
    try:
        fields = _any_object(value)
    except Exception:
        return None
    if b"\\" in value:  # escaped backslashes first: what is left before a quote escapes it
        value = value.replace(rb"\\", b"").replace(rb"\"", b"")
    texts = [*map(type, fields.values())].count(str)
    return fields if value.count(b'"') == 2 * (len(fields) + texts) else None
