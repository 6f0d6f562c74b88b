"""Counts what a consumer lost, did twice or got wrong, from the topics alone."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from confluent_kafka import Consumer, TopicPartition

from bench.load import PARTITIONS, number_of
from testbed.telco import customers, writing
from testbed.telco.oracle import Oracle

TOLERANCE = 1e-6
SAMPLE = 997  # every so many predictions one is recomputed
_READ_WITHIN_S = 30.0  # without a further record


class Seen(NamedTuple):
    """What one topic holds: how often each number, the broker's times in ms, some values."""

    times: np.ndarray
    first_ms: int
    last_ms: int
    sample: dict[int, bytes]


class Account(NamedTuple):
    """What is wrong with the outcomes of a run, in records; all 0 for a right consumer."""

    lost: int
    duplicated: int
    misplaced: int
    wrong_scores: int

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self)


def read(servers: str, topic: str, records: int) -> Seen:
    """Everything committed in a topic; ``records`` bounds the numbers in its keys."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "count",
                         "isolation.level": "read_committed", "enable.partition.eof": True,
                         "enable.auto.commit": False, "fetch.queue.backoff.ms": 5})  # fmt: skip
    consumer.assign([TopicPartition(topic, number, 0) for number in range(PARTITIONS)])
    times, sample, stamps, ended = np.zeros(records, dtype=np.int32), {}, set(), 0
    silent_s = 0.0
    while ended < PARTITIONS:
        messages = consumer.consume(10_000, 0.1)
        silent_s = 0.0 if messages else silent_s + 0.1
        if silent_s > _READ_WITHIN_S:
            raise SystemExit(f"{topic} cannot be read to its end")
        whole = [one for one in messages if one.error() is None]
        ended += len(messages) - len(whole)
        numbers = [number_of(one.key()) for one in whole]
        np.add.at(times, numbers, 1)
        sample |= {n: m.value() for n, m in zip(numbers, whole, strict=True) if n % SAMPLE == 0}
        stamps.update(one.timestamp()[1] for one in whole)
    consumer.close()
    return Seen(times, min(stamps, default=0), max(stamps, default=0), sample)


def account(
    predictions: Seen, letters: Seen, invalid: np.ndarray, expected: dict[int, float] | None
) -> Account:
    """Compare with what belongs there; ``expected`` has the score of each sampled event.

    With None every record belongs on the output topic as it is.
    """
    both = predictions.times + letters.times
    misplaced = np.where(invalid & (expected is not None), predictions.times, letters.times)
    return Account(
        lost=int((both == 0).sum()),
        duplicated=int((both - 1).clip(0).sum()),
        misplaced=int((misplaced > 0).sum()),
        wrong_scores=0 if expected is None else _wrong(predictions.sample, expected),
    )


def _wrong(sample: dict[int, bytes], expected: dict[int, float]) -> int:
    return sum(
        abs(json.loads(sample[number])["churn_probability"] - score) > TOLERANCE
        for number, score in expected.items()
        if number in sample
    )


def expected_scores(model_json: Path, valid: dict[int, dict]) -> dict[int, float]:
    """The right score of each event, by the record's number."""
    drafts = [customers.valid(event, writing.compact(event)) for event in valid.values()]
    scores = Oracle(model_json).expect(drafts)
    return {number: score[0] for number, score in zip(valid, scores, strict=True)}
