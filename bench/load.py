"""The preloaded events of a throughput run: unique, the same for the same seed, some invalid."""

import json
from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from testbed.telco.events import random_event, timestamp
from testbed.telco.mistakes import MISTAKES

PARTITIONS = 3
PREFIX = "C-BENCH-"
WITHIN_S = 120.0
_PART = 20_000  # events between two waits for acknowledgements


class Sent(NamedTuple):
    """One record; ``event`` is None where it is invalid. The key ends in its number."""

    key: bytes
    value: bytes
    event: dict | None


def events(count: int, invalid: float, seed: int = 1) -> Iterator[Sent]:
    """``invalid`` is the share of everyday mistakes among them, from 0 to 1."""
    rng = Random(f"load {seed}")
    for number in range(count):
        event = random_event(rng, f"{PREFIX}{number:08}", timestamp(number), number % 73)
        key = event["customerID"].encode()
        if rng.random() < invalid:
            yield Sent(key, MISTAKES[number % len(MISTAKES)].value(event), None)
        else:
            yield Sent(key, json.dumps(event).encode(), event)


def number_of(key: bytes) -> int:
    """The number of the record that a key names."""
    return int(key[len(PREFIX) :])


def create(servers: str, *topics: str) -> None:
    """Topics whose records tell when the broker took them."""
    stamped = {"message.timestamp.type": "LogAppendTime"}
    new = [NewTopic(topic, PARTITIONS, 1, config=stamped) for topic in topics]
    admin = AdminClient({"bootstrap.servers": servers})
    for future in admin.create_topics(new).values():
        future.result(WITHIN_S)


def fill(servers: str, topic: str, records: Iterable[Sent], **more) -> set[int]:
    """Publish all and wait until they are acknowledged; the numbers of the invalid ones.

    ``more`` are properties of the producer.
    """
    producer = Producer(
        {"bootstrap.servers": servers, "enable.idempotence": True, "linger.ms": 20,
         "queue.buffering.max.messages": 2 * _PART, "message.max.bytes": 2_000_000}
        | more
    )  # fmt: skip
    invalid = set()
    for place, one in enumerate(records):
        producer.produce(topic, one.value, one.key)
        if one.event is None:
            invalid.add(number_of(one.key))
        if place % _PART == _PART - 1:
            producer.flush(WITHIN_S)
    if producer.flush(WITHIN_S):
        raise SystemExit(f"the broker did not take all records within {WITHIN_S:g} s")
    return invalid
