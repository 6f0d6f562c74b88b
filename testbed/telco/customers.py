"""Fixed customers and endless streams of them, all from a seed."""

import gc
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from random import Random
from zlib import crc32

from testbed.history import SCORED, Headers
from testbed.telco import writing
from testbed.telco.contract import CATEGORIES
from testbed.telco.draft import Draft
from testbed.telco.events import features, identity, random_event, timestamp
from testbed.telco.fingerprint import fingerprints, of_written
from testbed.telco.mistakes import MISTAKES
from testbed.telco.records import event_identity, lenient_fields

# Names behind a customer's number: any script, signs that break naive readers.
SUFFIXES = (
    "", "-Žofia", "-北京", "-\u0639\u0644\u064a", "-\u05d3\u05d5\u05d3", "-Ольга", "-สมชาย",
    "-\U0001f4de", "-e\u0301", "-\u00e9", "-a|b", '-a"b\\c', "-a/b", "-<b>&amp;",
)  # fmt: skip
_BLOCK = 50  # customers whose events are mixed with each other
DOUBLED: Headers = (
    ("trace", b"1"), ("trace", b"2"), ("source", b""), ("trace", b"1"), ("bin", b"\x00\xff"),
)  # fmt: skip


@cache
def token(seed: int) -> str:
    """Five characters that mark the records of one run."""
    return b32encode(blake2b(f"{seed}".encode(), digest_size=5).digest())[:5].decode()


def customer_id(seed: int, number: int, suffix: str = "") -> str:
    """Self-identifying: run token, number, and a name in some script."""
    return f"C-{token(seed)}-{number:05}{suffix}"


def valid(event: dict, value: bytes, partitions: int = 3, **other) -> Draft:
    """A draft of a valid event, on the partition that is its customer's own.

    ``value`` is ``event`` as JSON; pass ``fingerprints`` where it holds more than that.
    """
    key = event["customerID"].encode()
    usual = {
        "key": key,
        "partition": crc32(key) % partitions,
        "fingerprints": of_written(value, event),
    }
    return Draft(
        **{**usual, **other},
        value=value,
        identity=identity(event),
        entity=event["customerID"],
        admits=(SCORED,),
        event=event,
        features=features(event),
    )


def like(model: Draft, other: Draft) -> Draft:
    """An event of ``other``'s customer and time that is like ``model``'s in all else."""
    event = model.event | {name: other.event[name] for name in ("customerID", "event_ts")}
    return valid(event, writing.compact(event), partition=other.partition)


def fifty(seed: int) -> list[Draft]:
    """Fifty customers with one valid event each; together they show every value and bound."""
    rng = Random(f"fifty {seed}")
    names = list(CATEGORIES)
    drafts = []
    for n in range(50):
        who = customer_id(seed, n, SUFFIXES[n % len(SUFFIXES)])
        event = random_event(rng, who, timestamp(n * 1000), tenure=(n * 7) % 73)
        for shift, name in enumerate(names):  # every value of every field, evenly
            event[name] = CATEGORIES[name][(n + n // 7 * shift) % len(CATEGORIES[name])]
        event["SeniorCitizen"] = n // 3 % 2
        event.update(_EDGES.get(n, {}))
        if n == 49:
            event["customerID"] = who.ljust(64, "x")
        write = (writing.compact, writing.spaced)[n % 2]
        drafts.append(valid(event, write(event), note=_EDGE_NOTES.get(n, "")))
    return drafts


_EDGES: dict[int, dict] = {
    0: {"tenure": 0, "TotalCharges": " "},
    1: {"tenure": 0, "TotalCharges": ""},
    2: {"tenure": 100, "MonthlyCharges": 200, "TotalCharges": 20000},
    3: {"MonthlyCharges": 0, "TotalCharges": 0},
    4: {"MonthlyCharges": 200, "TotalCharges": 1_000_000},
    5: {"MonthlyCharges": 45, "tenure": 1, "TotalCharges": "45"},
    6: {"MonthlyCharges": 45.5, "tenure": 1, "TotalCharges": 45.5},
    7: {"MonthlyCharges": 0.01, "TotalCharges": "0.01"},
    8: {"TotalCharges": "1000000"},
}
_EDGE_NOTES = {
    0: "no charges so far, as a blank",
    1: "no charges so far, as empty text",
    2: "longest tenure, highest monthly charges",
    3: "charges of zero",
    4: "highest total charges",
    8: "highest total charges, as text",
    49: "a customerID of 64 characters",
}


def stream(
    seed: int,
    count: int,
    *,
    per_customer: int = 4,
    invalid_share: float = 0.02,
    odd_share: float = 0.02,
    partitions: int = 3,
    start: int = 0,
) -> list[Draft]:
    """``count`` records of many customers, each with several different events in time order.

    A share is invalid; another is valid but oddly written, keyed or headed. Pass the number
    of records so far as ``start``, and the next ones are of other customers.
    """
    rng = Random(f"stream {seed} {start}")
    with _collector_paused():
        return [
            _draft(rng, event, invalid_share, odd_share, partitions)
            for event in _events(rng, seed, count, per_customer, start)
        ]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """All that is made lives on: the collector would walk it again and again for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _events(rng: Random, seed: int, count: int, per_customer: int, start: int) -> Iterator[dict]:
    for n, (number, turn) in enumerate(_turns(rng, count, per_customer, start)):
        who = customer_id(seed, number, SUFFIXES[number % len(SUFFIXES)])
        # Tenure tells a customer's events apart, whatever else is drawn.
        tenure = (number * 13 + turn) % 101
        yield random_event(rng, who, timestamp(start + n), tenure)


def _turns(rng: Random, count: int, per_customer: int, start: int) -> Iterator[tuple[int, int]]:
    """Customer number and which of the customer's events, mixed within blocks."""
    left, first = count, start
    while left > 0:
        block = [first + i for i in range(_BLOCK) for _ in range(per_customer)]
        rng.shuffle(block)
        turns: dict[int, int] = {}
        for number in block[:left]:
            turns[number] = turns.get(number, -1) + 1
            yield number, turns[number]
        left -= len(block)
        first += _BLOCK


def _draft(
    rng: Random, event: dict, invalid_share: float, odd_share: float, partitions: int
) -> Draft:
    dice = rng.random()
    if dice < invalid_share:
        return _invalid(rng, event, partitions)
    if dice < invalid_share + odd_share:
        return _odd(rng, event, partitions)
    write = writing.spaced if dice > 0.8 else writing.compact
    return valid(event, write(event), partitions)


def _invalid(rng: Random, event: dict, partitions: int) -> Draft:
    mistake = MISTAKES[rng.randrange(len(MISTAKES))]
    key = event["customerID"].encode()
    value = mistake.value(event)
    named, entity = event_identity(lenient_fields(value))
    return Draft(
        key=key,
        value=value,
        headers=DOUBLED if rng.random() < 0.2 else (),
        partition=crc32(key) % partitions,
        identity=named,
        entity=entity,
        admits=mistake.admits,
        fingerprints=fingerprints(value),
        note=mistake.title,
    )


def _odd(rng: Random, event: dict, partitions: int) -> Draft:
    """Valid, with one or several oddities; the partition stays the customer's own."""
    other: dict = {"note": "odd but valid"}
    if rng.random() < 0.3:
        other["key"] = rng.choice((None, b"", b"\xff\xfe", b"somebody else"))
    if rng.random() < 0.3:
        other["headers"] = DOUBLED
    value = writing.unusual(event, rng)
    return valid(event, value, partitions, **other, fingerprints=fingerprints(value))
