"""The message contract as the suite itself reads it, independent of any consumer.

``classify`` names the outcomes that are right for a record's value. Where the contract
leaves room, there is more than one. "Characters" are Unicode code points, "control
characters" are those of Unicode category Cc.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import IntEnum

from testbed.history import SCORED
from testbed.telco.strict_json import Integer, NotJson, Number, Real, has_surrogate, read

DESERIALIZATION = "deserialization_error"
VALIDATION = "validation_error"
INFERENCE = "inference_error"
ERROR_TYPES = (DESERIALIZATION, VALIDATION, INFERENCE)
OUTCOMES = (SCORED, *ERROR_TYPES)

_YES_NO = ("Yes", "No")
_IF_INTERNET = ("Yes", "No", "No internet service")
# In the contract's order, which is also the order of the model's inputs.
CATEGORIES: dict[str, tuple[str, ...]] = {
    "gender": ("Male", "Female"),
    "Partner": _YES_NO,
    "Dependents": _YES_NO,
    "PhoneService": _YES_NO,
    "MultipleLines": ("Yes", "No", "No phone service"),
    "InternetService": ("DSL", "Fiber optic", "No"),
    "OnlineSecurity": _IF_INTERNET,
    "OnlineBackup": _IF_INTERNET,
    "DeviceProtection": _IF_INTERNET,
    "TechSupport": _IF_INTERNET,
    "StreamingTV": _IF_INTERNET,
    "StreamingMovies": _IF_INTERNET,
    "Contract": ("Month-to-month", "One year", "Two year"),
    "PaperlessBilling": _YES_NO,
    "PaymentMethod": (
        "Electronic check",
        "Mailed check",
        "Bank transfer (automatic)",
        "Credit card (automatic)",
    ),
}
NUMERIC = ("SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges")
RANGES = {
    "SeniorCitizen": (0, 1),
    "tenure": (0, 100),
    "MonthlyCharges": (0, 200),
    "TotalCharges": (0, 1_000_000),
}
ID_LENGTH = 64  # characters
TEXT_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})([Tt])([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Fit(IntEnum):
    """How a value meets its rule; ``ROOM`` where either answer is right."""

    FITS = 0
    ROOM = 1
    BREAKS = 2


_OUTCOMES_OF = {
    Fit.FITS: (SCORED,),
    Fit.ROOM: (SCORED, VALIDATION),
    Fit.BREAKS: (VALIDATION,),
}


def classify(value: bytes | None) -> tuple[str, ...]:
    """The outcomes that are right for a record with this value; never raises.

    A valid event counts as scored: whether a model can score it, its oracle says.
    """
    if value is None:
        return DESERIALIZATION, VALIDATION
    try:
        document = read(value)
    except NotJson as error:
        return (DESERIALIZATION, VALIDATION) if error.deep else (DESERIALIZATION,)
    outcomes = _OUTCOMES_OF[_fit(document.value)]
    if document.odd:
        outcomes = (*outcomes, DESERIALIZATION, VALIDATION)
    return ordered(outcomes)


def without_validation(admits: Iterable[str]) -> tuple[str, ...]:
    """The same for a consumer that declares that it does not validate."""
    admits = tuple(admits)
    return ordered((*admits, SCORED, INFERENCE)) if VALIDATION in admits else admits


def ordered(outcomes: Iterable[str]) -> tuple[str, ...]:
    """Each outcome once, in one fixed order."""
    found = set(outcomes)
    return tuple(outcome for outcome in OUTCOMES if outcome in found)


def _fit(value: object) -> Fit:
    if not isinstance(value, dict):
        return Fit.BREAKS
    return max(rule(value[name]) if name in value else Fit.BREAKS for name, rule in RULES.items())


def _customer_id(value: object) -> Fit:
    right = (
        isinstance(value, str)
        and 1 <= len(value) <= ID_LENGTH
        and not has_surrogate(value)
        and not any(unicodedata.category(character) == "Cc" for character in value)
    )
    return Fit.FITS if right else Fit.BREAKS


def _one_of(allowed: tuple[str, ...]) -> Callable[[object], Fit]:
    return lambda value: Fit.FITS if isinstance(value, str) and value in allowed else Fit.BREAKS


def _integer(low: int, high: int) -> Callable[[object], Fit]:
    def rule(value: object) -> Fit:
        if isinstance(value, Integer) and not value.overflows:
            inside = low <= int(value.text) <= high
            return (Fit.ROOM if value.text == "-0" else Fit.FITS) if inside else Fit.BREAKS
        if isinstance(value, Real):  # 49.0 is an integer to some, and not to others
            number = float(value)
            return Fit.ROOM if low <= number <= high and number.is_integer() else Fit.BREAKS
        return Fit.BREAKS

    return rule


def _number(low: int, high: int) -> Callable[[object], Fit]:
    return lambda value: (
        _between(value.text, low, high) if isinstance(value, Number) else Fit.BREAKS
    )


def _between(text: str, low: int, high: int) -> Fit:
    """Rounding to a double may move a number onto a bound: inside to some, outside to others."""
    number = float(text)
    if not low <= number <= high:
        return Fit.BREAKS
    if number == 0 and text.startswith("-"):
        return Fit.ROOM if re.search("[1-9]", re.split("[eE]", text)[0]) else Fit.FITS
    if number == high and Decimal(text) > high:
        return Fit.ROOM
    return Fit.FITS


def _total_charges(value: object) -> Fit:
    low, high = RANGES["TotalCharges"]
    if isinstance(value, Number):
        return _between(value.text, low, high)
    if not isinstance(value, str):
        return Fit.BREAKS
    if not value.strip():  # blank; only spaces are blank to everybody
        return Fit.ROOM if value.strip(" ") else Fit.FITS
    return _between(value, low, high) if TEXT_NUMBER.fullmatch(value) else Fit.BREAKS


def _event_ts(value: object) -> Fit:
    match = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if not match or not _on_the_calendar(*map(int, match.group(1, 2, 3, 5, 6, 7))):
        return Fit.BREAKS
    year, letter, second, zone = match.group(1, 4, 7, 8)
    if zone not in ("Z", "z", "+00:00", "-00:00"):
        return Fit.BREAKS
    plain = letter == "T" and zone == "Z" and second != "60" and year != "0000"
    return Fit.FITS if plain else Fit.ROOM


def _on_the_calendar(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bool:
    # Year 0 exists in RFC 3339 and not in Python; 400 years later the calendar is the same.
    return (
        1 <= month <= 12
        and 1 <= day <= monthrange(year or 400, month)[1]
        and hour <= 23
        and minute <= 59
        and second <= 60
    )


RULES: dict[str, Callable[[object], Fit]] = {
    "customerID": _customer_id,
    **{name: _one_of(allowed) for name, allowed in CATEGORIES.items()},
    "SeniorCitizen": _integer(*RANGES["SeniorCitizen"]),
    "tenure": _integer(*RANGES["tenure"]),
    "MonthlyCharges": _number(*RANGES["MonthlyCharges"]),
    "TotalCharges": _total_charges,
    "event_ts": _event_ts,
}
REQUIRED = tuple(RULES)
