"""From bytes to a valid event, by the message contract alone."""

import json
import re
import unicodedata
from datetime import datetime

YES_NO = ("Yes", "No")
IF_INTERNET = ("Yes", "No", "No internet service")
CATEGORIES = {
    "gender": ("Male", "Female"),
    "Partner": YES_NO,
    "Dependents": YES_NO,
    "PhoneService": YES_NO,
    "MultipleLines": ("Yes", "No", "No phone service"),
    "InternetService": ("DSL", "Fiber optic", "No"),
    **dict.fromkeys(
        ("OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport", "StreamingTV"),
        IF_INTERNET,
    ),
    "StreamingMovies": IF_INTERNET,
    "Contract": ("Month-to-month", "One year", "Two year"),
    "PaperlessBilling": YES_NO,
    "PaymentMethod": (
        "Electronic check",
        "Mailed check",
        "Bank transfer (automatic)",
        "Credit card (automatic)",
    ),
}
UTC_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?Z")
DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")


class BadRecordError(Exception):
    """The record cannot become an event; ``kind`` is the dead letter's error type."""

    def __init__(self, kind: str, text: str):
        super().__init__(text)
        self.kind = kind


class NotJsonError(Exception):
    """JSON by the parser's reading, but not by the contract's."""


def read(value: bytes | None) -> dict:
    """The event in ``value``; raises ``BadRecordError``."""
    event = _parse(value)
    if not isinstance(event, dict):
        raise _invalid("an object", type(event).__name__, "the value")
    _check_text(event)
    for name, allowed in CATEGORIES.items():
        field = _required(event, name)
        if not isinstance(field, str) or field not in allowed:
            raise _invalid("one of its categories", type(field).__name__, name)
    _check_number(event, "SeniorCitizen", 1, whole=True)
    _check_number(event, "tenure", 100, whole=True)
    _check_number(event, "MonthlyCharges", 200)
    if isinstance(_required(event, "TotalCharges"), str):
        event["TotalCharges"] = _number_in(event["TotalCharges"])
    _check_number(event, "TotalCharges", 1_000_000)
    return event


def _parse(value: bytes | None) -> object:
    if value is None:
        raise BadRecordError("deserialization_error", "expected JSON, got no value at all")
    try:
        return json.loads(
            value.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        text = f"expected UTF-8, got other bytes, at byte {error.start}"
    except json.JSONDecodeError as error:
        text = f"expected JSON, got something else, at character {error.pos}"
    except RecursionError:
        text = "expected JSON of reasonable depth, got deeper nesting"
    except NotJsonError as error:
        text = f"expected JSON, got {error}"
    except ValueError:
        text = "expected JSON, got a number of too many digits"
    raise BadRecordError("deserialization_error", text)


def _unique(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJsonError("a key twice")
    return found


def _no_constant(_: str) -> None:
    raise NotJsonError("a number that JSON does not have")


def _invalid(expected: str, got: str, where: str) -> BadRecordError:
    return BadRecordError("validation_error", f"expected {expected}, got {got}, at {where}")


def _required(event: dict, name: str) -> object:
    if name not in event:
        raise _invalid("a value", "none", name)
    return event[name]


def _check_text(event: dict) -> None:
    customer, time = _required(event, "customerID"), _required(event, "event_ts")
    if not isinstance(customer, str) or not 1 <= len(customer) <= 64:
        raise _invalid("1 to 64 characters", type(customer).__name__, "customerID")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in customer):
        raise _invalid("no control characters", "some", "customerID")
    match = UTC_TIME.fullmatch(time) if isinstance(time, str) else None
    try:
        datetime.fromisoformat(match[1] if match else "")
    except ValueError:
        raise _invalid("a time in UTC by RFC 3339", type(time).__name__, "event_ts") from None


def _check_number(event: dict, name: str, most: float, *, whole: bool = False) -> None:
    value = _required(event, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _invalid("a number", type(value).__name__, name)
    if not 0 <= value <= most:
        raise _invalid(f"0 to {most}", "a number outside", name)
    if whole and value != int(value):
        raise _invalid("an integer", "a fraction", name)


def _number_in(text: str) -> float:
    if not text.strip(" "):
        return 0.0
    if not DECIMAL.fullmatch(text):
        raise _invalid("a number, or the same as text", "other text", "TotalCharges")
    return float(text)
