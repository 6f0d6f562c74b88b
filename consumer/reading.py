"""Reads a record's value as an event, in one typed pass where that is exact.

``msgspec`` alone would keep the last of a repeated key and overlook broken UTF-8 in a field
that it skips. Both need more quotes than the fields that it returned: when the quotes of the
value are just those of the required fields, nothing was skipped and nothing repeated.
Everything else goes to the strict reader, which also explains.
"""

import re
from typing import Annotated, Literal

import msgspec
import orjson

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
_QUOTES = 2 * (len(NUMERIC) + len(CATEGORIES) + 2) + 2 * (len(CATEGORIES) + 2)


class Reader:
    """Turns the bytes of a value into an ``Event`` or a ``Refusal``; never raises."""

    def __init__(self, validates: bool = True):
        self._explain = Validator(validates).event
        self._decode = msgspec.json.Decoder(_Typed).decode
        self._astuple = msgspec.structs.astuple

    def read(self, value: bytes | None) -> Event | Refusal:
        """One record's value; whatever goes wrong with it is a refusal of this record."""
        try:
            event = self._fast(value)
            return event if event is not None else self._strict(value)
        except Exception as error:  # the one record must not take the others down
            return Refusal(
                DESERIALIZATION,
                f"Expected a readable value, got {type(error).__name__} while reading - at `$`",
            )

    def _fast(self, value: bytes | None) -> Event | None:
        """The event if it is plainly valid; None where only the strict reader can tell."""
        try:
            row = self._astuple(self._decode(value))
        except Exception:  # a reason worth giving comes from the strict reader
            return None
        quotes = value.count(b'"') - _QUOTES - (2 if type(row[_TOTAL]) is str else 0)
        if quotes and not _nothing_hidden(value):
            return None
        identity, event_ts = row[0], row[-1]
        if not identity.isprintable() or not (PLAIN_TIMESTAMP(event_ts) or is_timestamp(event_ts)):
            return None
        if type(row[_TOTAL]) is str:
            total = amount(row[_TOTAL])
            return (
                None if total is None else Event(identity, event_ts, (*row[1:4], total, *row[5:-1]))
            )
        return Event(identity, event_ts, row[1:-1])

    def _strict(self, value: bytes | None) -> Event | Refusal:
        try:
            return self._explain(read(value))
        except (NotJson, Invalid) as error:
            return error.refusal


def _nothing_hidden(value: bytes) -> bool:
    """Whether all quotes are those of a flat object's keys and texts, so that no key repeats."""
    fields = orjson.loads(value)
    if b"\\" in value:  # escaped backslashes first: what is left before a quote escapes it
        value = value.replace(rb"\\", b"").replace(rb"\"", b"")
    texts = sum(type(field) is str for field in fields.values())
    return value.count(b'"') == 2 * (len(fields) + texts)
