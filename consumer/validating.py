"""Checks a parsed document against the message contract, and explains what is wrong with it."""

import math
import re
from calendar import monthrange

from consumer.features import CATEGORIES, NUMERIC, RANGES
from consumer.messages import VALIDATION, Event, Refusal

ID_LENGTH = 64  # characters
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MOST_TOTAL = RANGES["TotalCharges"][1]
_NUMBER_TEXT = re.compile(r"[0-9]+(\.[0-9]+)?").fullmatch
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?Z"
).fullmatch
# What the messages say was expected.
_IDENTITY = f"a string of 1 to {ID_LENGTH} characters"
_TIME = "an RFC 3339 UTC time like 2026-01-31T12:00:00Z"
_ONE_OF = {name: f"one of {', '.join(allowed)}" for name, allowed in CATEGORIES.items()}
_NUMBER = {name: f"a number from {low} to {high}" for name, (low, high) in RANGES.items()}
_INTEGER = {name: f"an integer from {low} to {high}" for name, (low, high) in RANGES.items()}
_WHOLE = ("SeniorCitizen", "tenure")
_TYPES = {
    dict: "an object", list: "an array", str: "a string", bool: "a boolean",
    int: "an integer", float: "a number", type(None): "null",
}  # fmt: skip


class Invalid(ValueError):
    """A field breaks the contract; ``refusal`` says expected, got (its type), where."""

    def __init__(self, expected: str, got: str, where: str):
        message = f"Expected {expected}, got {got} - at `{where}`"
        self.refusal = Refusal(VALIDATION, message)
        super().__init__(message)


class Validator:
    """Builds an ``Event`` from a document, strictly or only as far as a score needs it."""

    def __init__(self, strict: bool = True):
        self._strict = strict

    def event(self, document: object) -> Event:
        """The event; raises ``Invalid`` for the first field that is wrong."""
        if not isinstance(document, dict):
            raise Invalid("an object", _name(document), "$")
        identity = self._identity(document)
        numbers = [self._number(document, name) for name in NUMERIC]
        categories = [
            value if (value := document.get(name)) in allowed else self._category(document, name)
            for name, allowed in CATEGORIES.items()
        ]
        event_ts = self._timestamp(document)
        return Event(identity, event_ts, (*numbers, *categories))

    def _identity(self, document: dict) -> str:
        text = _text(document, "customerID", _IDENTITY)
        if self._strict and not 1 <= len(text) <= ID_LENGTH:
            raise Invalid(f"1 to {ID_LENGTH} characters", f"{len(text)}", "$.customerID")
        if self._strict and _CONTROL.search(text):
            raise Invalid("no control characters", "at least one", "$.customerID")
        return text

    def _timestamp(self, document: dict) -> str:
        text = _text(document, "event_ts", _TIME)
        if self._strict and not is_timestamp(text):
            raise Invalid(_TIME, "another string", "$.event_ts")
        return text

    def _category(self, document: dict, name: str) -> str:
        text = _text(document, name, _ONE_OF[name])
        if self._strict:
            raise Invalid(_ONE_OF[name], "another string", f"$.{name}")
        return text

    def _number(self, document: dict, name: str) -> float:
        low, high = RANGES[name]
        whole = self._strict and name in _WHOLE
        kind = type(value := document.get(name))
        if (kind is int or (kind is float and not whole)) and low <= value <= high:
            return value
        expected = (_INTEGER if whole else _NUMBER)[name]
        value = _field(document, name, expected)
        number = _as_number(value, name == "TotalCharges")
        if number is None or (whole and not isinstance(value, int)):
            raise Invalid(expected, _name(value), f"$.{name}")
        if self._strict and not low <= number <= high:
            raise Invalid(expected, f"{_name(value)} out of range", f"$.{name}")
        return number


def is_timestamp(text: str) -> bool:
    """Whether it is an RFC 3339 time in UTC on a day that exists."""
    match = _TIMESTAMP(text)
    if not match:
        return False
    year, month, day, hour, minute, second = map(int, match.groups())
    on_calendar = year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    return on_calendar and hour <= 23 and minute <= 59 and second <= 59


def amount(text: str) -> float | None:
    """A total written as text, blank meaning 0; None where it is none within the range."""
    if _NUMBER_TEXT(text):
        number = float(text)
        return number if number <= _MOST_TOTAL else None
    return None if text.strip() else 0.0


def _as_number(value: object, text_too: bool) -> float | None:
    if isinstance(value, str) and text_too:
        if not value.strip():
            return 0.0
        return float(value) if _NUMBER_TEXT(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return math.inf
    return number


def _field(document: dict, name: str, expected: str) -> object:
    if name not in document:
        raise Invalid(expected, "nothing (the field is missing)", f"$.{name}")
    return document[name]


def _text(document: dict, name: str, expected: str) -> str:
    value = _field(document, name, expected)
    if not isinstance(value, str):
        raise Invalid(expected, _name(value), f"$.{name}")
    return value


def _name(value: object) -> str:
    return _TYPES.get(type(value), "something else")
