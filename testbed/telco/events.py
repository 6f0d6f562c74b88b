"""Valid customer events from random numbers, and what the model sees of them."""

from itertools import product
from random import Random

from testbed.telco.contract import CATEGORIES, NUMERIC

_CODES = {
    name: {value: str(code) for code, value in enumerate(allowed)}
    for name, allowed in CATEGORIES.items()
}


def _combinations(names: tuple[str, ...]) -> list[dict[str, str]]:
    """Every combination of the fields' values: drawn whole, which is faster than one by one."""
    choices = product(*(CATEGORIES[name] for name in names))
    return [dict(zip(names, values, strict=True)) for values in choices]


_NAMES = tuple(CATEGORIES)
_DECKS = [_combinations(_NAMES[i : i + 5]) for i in range(0, len(_NAMES), 5)]


def random_event(rng: Random, customer_id: str, event_ts: str, tenure: int) -> dict:
    """A valid event; all but the arguments is drawn independently."""
    bits = rng.getrandbits(64)
    event: dict = {"customerID": customer_id, "event_ts": event_ts, "tenure": tenure}
    for deck in _DECKS:
        bits, choice = divmod(bits, len(deck))
        event |= deck[choice]
    event["SeniorCitizen"] = bits & 1
    monthly = 18 + (bits >> 1) % 10_100 / 100
    event["MonthlyCharges"] = monthly
    total = round(monthly * tenure, 2)
    form = (bits >> 20) % 4  # half of the totals are text, as in the public data set
    event["TotalCharges"] = total if form < 2 else f"{total}" if tenure else " "
    return event


def timestamp(milliseconds: int) -> str:
    """RFC 3339 UTC, that long after the beginning of 2026; order of text is order of time."""
    seconds, milli = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days > 27:
        raise ValueError(f"Expected a time within 28 days, got {milliseconds} ms")
    return f"2026-01-{days + 1:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"


def identity(event: dict) -> str:
    """What names an event, as the pipeline echoes it."""
    return f"{event['customerID']}|{event['event_ts']}"


def total_charges(value: str | float) -> float:
    """As a number: text is one, and blank text is 0."""
    return float(value) if not isinstance(value, str) or value.strip() else 0.0


def features(event: dict) -> str:
    """The model's inputs in one string: equal exactly when the inputs are equal.

    The codes of the categories in the contract's order, then the four numbers.
    """
    codes = "".join([_CODES[name][event[name]] for name in CATEGORIES])
    total = total_charges(event["TotalCharges"]) + 0.0  # zero has no sign
    return (
        f"{codes}|{float(event['SeniorCitizen'])}|{float(event['tenure'])}"
        f"|{event['MonthlyCharges'] + 0.0}|{total}"
    )


def read_features(text: str) -> tuple[list[int], list[float]]:
    """Back from ``features``: category codes and numbers, in the contract's order."""
    codes, *numbers = text.split("|")
    if len(codes) != len(CATEGORIES) or len(numbers) != len(NUMERIC):
        raise ValueError(f"Expected features as made by features(), got {text!r}")
    return [int(code) for code in codes], [float(number) for number in numbers]
