"""Turns a batch of consumed records into messages: one outcome per record, in their order."""

from collections import Counter
from dataclasses import dataclass, field

import msgspec

from consumer.dead_lettering import DROPPED, DeadLetters, Original
from consumer.messages import (
    SCORED,
    Event,
    Outgoing,
    Prediction,
    Refusal,
    now_text,
)
from consumer.metrics import Metrics
from consumer.reading import Reader
from consumer.scoring import Scorer, Scores

BATCH = 10_000  # records; a full one is done well within a second


@dataclass
class Batch:
    """The outcomes of some records, and how far they reach in each partition."""

    outgoing: list[Outgoing] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)  # partition -> last offset + 1
    sizes: dict[int, int] = field(default_factory=dict)  # partition -> records
    counts: dict[str, int] = field(default_factory=dict)  # outcome -> records


class Processor:
    """Reads, scores and, where that fails, dead-letters; has no state between batches."""

    def __init__(
        self, reader: Reader, scorer: Scorer, letters: DeadLetters, output: str, metrics: Metrics
    ):
        """``output`` is the topic of the predictions."""
        self._reader, self._scorer, self._letters = reader, scorer, letters
        self._output, self._metrics = output, metrics
        self._encode = msgspec.json.Encoder().encode

    def process(self, records: list) -> Batch:
        """``records`` are the client's messages without errors, in order per partition."""
        with self._metrics.stage("decode"):
            read = self._reader.read([record.value() for record in records])
        with self._metrics.stage("score"):
            outcomes = self._scored(read)
        with self._metrics.stage("encode"):
            return self._batch(records, outcomes)

    def _scored(self, read: list[Event | Refusal]) -> list[Outgoing | Refusal]:
        """Each event as its prediction; a refusal stays, or becomes one at the model."""
        events = [one for one in read if type(one) is Event]
        scores = self._scorer.score([event.features for event in events])
        predictions = self._predictions(events, scores)
        for row, refusal in scores.refused.items():
            predictions[row] = refusal
        if len(events) == len(read):
            return predictions
        following = iter(predictions)
        return [next(following) if type(one) is Event else one for one in read]

    def _predictions(self, events: list[Event], scores: Scores) -> list[Outgoing | Refusal]:
        output, version, now = self._output, self._scorer.version, now_text()
        encode, new = self._encode, tuple.__new__
        each = zip(events, scores.labels, scores.probabilities, strict=True)
        values = [
            encode(Prediction(who, label, probability, version, when, now))
            for (who, when, _), label, probability in each
        ]
        # Half the time of Outgoing(...), which would check how many it is given.
        return [
            new(Outgoing, (output, event[0].encode(), value, None))
            for event, value in zip(events, values, strict=True)
        ]

    def _batch(self, records: list, outcomes: list[Outgoing | Refusal]) -> Batch:
        partitions, now = [record.partition() for record in records], now_text()
        counts: Counter[str] = Counter()
        for place, outcome in enumerate(outcomes):
            if type(outcome) is Refusal:
                counts[outcome.error_type] += 1
                outcomes[place] = self._letters.letter(_original(records[place]), outcome, now)
        if len(records) > counts.total():
            counts[SCORED] = len(records) - counts.total()
        # In order within each partition: the last one stays.
        last = {partition: place for place, partition in enumerate(partitions)}
        offsets = {partition: records[place].offset() + 1 for partition, place in last.items()}
        return Batch(outcomes, offsets, dict(Counter(partitions)), dict(counts))


def _original(record) -> Original:
    try:
        headers = list(record.headers() or ())
    except Exception:  # a header whose name is not UTF-8: the client cannot hand it over
        headers = [DROPPED]
    return Original(
        record.topic(), record.partition(), record.offset(), record.key(), record.value(), headers
    )
