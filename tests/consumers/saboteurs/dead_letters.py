"""Sins about what cannot be scored: lost, answered too much, or in the way of others."""

import json
import os
import time

from confluent_kafka import KafkaError

from consumer import reading
from consumer.at_least_once import AtLeastOnce
from consumer.dead_lettering import DeadLetters
from consumer.loop import Loop
from consumer.messages import VALIDATION, Event, Outgoing, Refusal
from consumer.processing import Batch, Processor
from tests.consumers.saboteurs.changing import instead, is_letter, of_letters
from tests.consumers.saboteurs.saboteur import STUCK_SOON, saboteur
from tests.consumers.saboteurs.scenarios import (
    BAD_COPIES,
    INVALID,
    LOTS,
    NOT_JSON,
    ONLY_BAD,
    POSITIONS,
    WRONG_FIELD,
)

HELD_UP = ("lag-returns", "no-loss")  # where one record stops all others


@saboteur("no-loss", ONLY_BAD, source="B-25")
def drops_what_it_cannot_read():
    """Logs a bad record, counts it as done, and writes nothing."""
    of_letters(lambda record, right: [])


@saboteur("no-loss", ONLY_BAD, source="B-59")
def has_room_for_fifty_letters():
    """Keeps letters in a small buffer: the fifty-first of a start is gone."""
    written = []

    def while_room(_, right):
        written.append(1)
        return [right] if len(written) <= 50 else []

    of_letters(while_room)


@saboteur("no-loss", BAD_COPIES)
def writes_equal_letters_once():
    """Spares its readers the letter of a bad record that equals an earlier one."""
    written = set()

    def if_new(record, right):
        known = (record.key(), record.value()) in written
        written.add((record.key(), record.value()))
        return [] if known else [right]

    of_letters(if_new)


@saboteur("no-loss", POSITIONS, source="B-28")
def forgets_the_first_of_two_bad_ones():
    """Of two bad records side by side only the second gets a letter."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        places = zip(records, batch.outgoing, strict=True)
        bad = {(one.partition(), one.offset()) for one, right in places if is_letter(right)}
        pairs = list(zip(records, batch.outgoing, strict=True))
        batch.outgoing = [
            right
            for one, right in pairs
            if not is_letter(right) or (one.partition(), one.offset() + 1) not in bad
        ]
        return batch


@saboteur("no-loss", NOT_JSON, source="B-20 B-09")
def loses_letters_that_are_too_large():
    """Takes no notice of a letter that is refused for its size."""

    @instead(DeadLetters, "letter")
    def _(letter, self, *args):
        self.limit = 10**9
        return letter(self, *args)

    @instead(AtLeastOnce, "_failed")
    def _(failed, self, error, message):
        if error.code() != KafkaError.MSG_SIZE_TOO_LARGE:
            failed(self, error, message)


@saboteur("right-outcome", INVALID, source="B-26", also="right-error-type")
def buries_the_whole_batch():
    """One bad record in a batch, and all of it is dead-lettered."""

    @instead(Processor, "_scored")
    def _(scored, self, read):
        if any(type(one) is Refusal for one in read):
            why = Refusal(VALIDATION, "Expected a batch without failure, got one - at `$`")
            read = [why if type(one) is Event else one for one in read]
        return scored(self, read)


@saboteur("never-both", WRONG_FIELD, quick=True, source="B-03",
          also=("prediction-contract", "no-phantom"))  # fmt: skip
def answers_a_bad_event_twice_over():
    """Writes a letter for an invalid event, and a score of nought as well."""

    def both(record, right):
        try:
            event = json.loads(record.value())
            who, when = event["customerID"], event["event_ts"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return [right]
        score = {
            "customerID": who, "prediction": 0, "churn_probability": 0.0, "model_version": "none",
            "event_ts": when, "processed_ts": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        if not isinstance(who, str) or len(who) > 64:
            return [right]
        topic, key = os.environ["OUTPUT_TOPIC"], who.encode("utf-8", "replace")
        return [right, Outgoing(topic, key, json.dumps(score).encode())]

    of_letters(both)


def _stands_still_before(is_stone) -> None:
    """From the first such record on nothing is taken any more, though the service lives."""
    stuck = []

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        pairs = zip(records, batch.outgoing, strict=True)
        stones = [n for n, (one, right) in enumerate(pairs) if is_stone(one, right)]
        if not stones:
            return batch
        stuck.append(1)
        return process(self, records[: stones[0]]) if stones[0] else Batch()

    @instead(Loop, "_turn")
    def _(turn, self):
        return self._source.tend(0.1) if stuck else turn(self)


@saboteur("poison-isolated", POSITIONS, source="B-21", also=HELD_UP, options=STUCK_SOON, quick=True)
def tries_a_bad_record_for_ever():
    """Retries what can never succeed, and comes to nothing else."""
    _stands_still_before(lambda record, right: is_letter(right))


@saboteur("poison-isolated", POSITIONS, source="B-29", also=HELD_UP, options=STUCK_SOON)
def cannot_begin_with_a_bad_one():
    """Only a bad record at the very beginning of a partition stops it."""
    _stands_still_before(lambda record, right: is_letter(right) and record.offset() == 0)


@saboteur("poison-isolated", LOTS, source="B-21", also=HELD_UP)
def tries_a_bad_record_three_times():
    """Pauses before each dead letter, as if to try once more could help."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        time.sleep(0.2 * sum(map(is_letter, batch.outgoing)))
        return batch


@saboteur("stays-up", NOT_JSON, source="B-23", quick=True)
def falls_over_a_tombstone():
    """Ends with an error at a record without a value."""

    @instead(reading.Reader, "_strict")
    def _(strict, self, value):
        if value is None:
            os._exit(1)
        return strict(self, value)


@saboteur("stays-up", NOT_JSON, source="B-56")
def is_brought_down_by_nesting():
    """Its parser dies, as native ones do, of brackets in brackets in brackets."""

    @instead(reading.Reader, "_strict")
    def _(strict, self, value):
        if value and value.startswith(b"[" * 1000):
            os.abort()
        return strict(self, value)


@saboteur("commit-reaches-end", ONLY_BAD, source="B-13",
          also=("lag-returns", "no-duplicates"))  # fmt: skip
def never_counts_letters_as_done():
    """Commits up to the last record that was scored."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        batch.offsets = {
            one.partition(): one.offset() + 1
            for one, right in zip(records, batch.outgoing, strict=True)
            if not is_letter(right)
        }
        return batch
