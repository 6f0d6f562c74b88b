"""Everyday mistakes of a sender: how a valid event becomes a bad record."""

from collections.abc import Callable
from typing import NamedTuple

from testbed.telco.contract import DESERIALIZATION, VALIDATION
from testbed.telco.writing import compact


class Mistake(NamedTuple):
    """``value`` makes the bytes from a valid event; ``admits`` are the right outcomes."""

    title: str
    value: Callable[[dict], bytes]
    admits: tuple[str, ...]


def _changed(title: str, **fields: object) -> Mistake:
    return Mistake(title, lambda event: compact({**event, **fields}), (VALIDATION,))


def _without(title: str, name: str) -> Mistake:
    def value(event: dict) -> bytes:
        return compact({key: item for key, item in event.items() if key != name})

    return Mistake(title, value, (VALIDATION,))


def _spoilt(title: str, change: Callable[[bytes], bytes]) -> Mistake:
    return Mistake(title, lambda event: change(compact(event)), (DESERIALIZATION,))


MISTAKES: tuple[Mistake, ...] = (
    _changed("tenure below zero", tenure=-1),
    _changed("tenure as text", tenure="12"),
    _changed("senior as true", SeniorCitizen=True),
    _changed("monthly charges out of range", MonthlyCharges=200.01),
    _changed("total charges in words", TotalCharges="unknown"),
    _changed("an unknown contract", Contract="Weekly"),
    _changed("a category in lower case", gender="female"),
    _changed("a category of null", PaymentMethod=None),
    _without("no contract", "Contract"),
    _without("no time", "event_ts"),
    _without("no customerID", "customerID"),
    _spoilt("cut short", lambda data: data[:-7]),
    _spoilt("a letter that is not UTF-8", lambda data: data.replace(b"Contract", b"Contr\xffct")),
    _spoilt("NaN for a number", lambda data: data[:-1] + b',"score":NaN}'),
    _spoilt("a field twice", lambda data: data[:-1] + b',"tenure":5}'),
    _spoilt("something behind the end", lambda data: data + b"}"),
)
