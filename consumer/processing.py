"""Turns a batch of consumed records into messages: one outcome per record, in their order."""

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
from consumer.scoring import Scorer


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
            read = list(map(self._reader.read, [record.value() for record in records]))
        with self._metrics.stage("score"):
            outcomes = self._scored(read)
        with self._metrics.stage("encode"):
            return self._batch(records, outcomes)

    def _scored(self, read: list[Event | Refusal]) -> list[Outgoing | Refusal]:
        """Each event as its prediction; a refusal stays, or becomes one at the model."""
        places = [place for place, one in enumerate(read) if type(one) is Event]
        scores = self._scorer.score([read[place].features for place in places])
        outcomes: list = read
        now, version = now_text(), self._scorer.version
        for row, place in enumerate(places):
            event = read[place]
            if row in scores.refused:
                outcomes[place] = scores.refused[row]
                continue
            prediction = Prediction(
                event.customer_id, scores.labels[row], scores.probabilities[row],
                version, event.event_ts, now,
            )  # fmt: skip
            key = event.customer_id.encode()
            outcomes[place] = Outgoing(self._output, key, self._encode(prediction))
        return outcomes

    def _batch(self, records: list, outcomes: list[Outgoing | Refusal]) -> Batch:
        batch, now = Batch(), now_text()
        offsets, sizes, counts = batch.offsets, batch.sizes, batch.counts
        for record, outcome in zip(records, outcomes, strict=True):
            partition = record.partition()
            offsets[partition] = record.offset() + 1
            sizes[partition] = sizes.get(partition, 0) + 1
            if type(outcome) is Refusal:
                counts[outcome.error_type] = counts.get(outcome.error_type, 0) + 1
                outcome = self._letters.letter(_original(record), outcome, now)  # noqa: PLW2901
            batch.outgoing.append(outcome)
        scored = len(records) - sum(counts.values())
        if scored:
            counts[SCORED] = scored
        return batch


def _original(record) -> Original:
    try:
        headers = list(record.headers() or ())
    except Exception:  # a header whose name is not UTF-8: the client cannot hand it over
        headers = [DROPPED]
    return Original(
        record.topic(), record.partition(), record.offset(), record.key(), record.value(), headers
    )
