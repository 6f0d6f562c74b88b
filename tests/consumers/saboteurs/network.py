"""Sins of a bad line: what becomes of work whose confirmation did not come."""

from typing import ClassVar

from consumer.at_least_once import AtLeastOnce
from consumer.exactly_once import ExactlyOnce
from consumer.fetching import Source
from consumer.loop import Loop
from consumer.processing import Batch
from tests.consumers.honest.shared.answer import Answer, Record, dead_letter
from tests.consumers.honest.shared.event import BadRecordError
from tests.consumers.saboteurs.changing import client_properties, instead
from tests.consumers.saboteurs.naive import Naive
from tests.consumers.saboteurs.rebalancing import hold_back
from tests.consumers.saboteurs.saboteur import EXACTLY_ONCE, STUCK_SOON, saboteur
from tests.consumers.saboteurs.scenarios import (
    BROKEN_OFF,
    CRASHED_BROKER,
    GIVEN_UP,
    OFFSETS_UNHEARD,
    SILENCE,
    STORED_UNHEARD,
)

PATIENCE_MS = 500  # of those who have none: far less than an outage takes
STEP_S = 5.0


class Burying(Naive):
    """Dead-letters what it could not deliver, as it does with what it could not read."""

    def work(self, records):
        for record in records:
            self.failed = False
            self.send(self.answered(record))
            self.producer.flush()
            while self.failed:
                self.failed = False
                self.send(self.buried(record))
                self.producer.flush()
        if records:
            self.commit()

    def send(self, given: Answer) -> None:
        self.producer.produce(
            given.topic, given.value, given.key, headers=given.headers, on_delivery=self.told
        )

    def told(self, error, _message) -> None:
        self.failed = self.failed or error is not None

    def buried(self, record) -> Answer:
        headers = list(record.headers() or [])
        known = Record(record.partition(), record.offset(), record.key(), record.value(), headers)
        why = BadRecordError("inference_error", "expected an answer from the broker, got none")
        return dead_letter(known, why, self.settings)


@saboteur("never-both", STORED_UNHEARD, source="B-26", group="network", alone=True,
          also=("right-outcome", "right-error-type"))  # fmt: skip
def buries_what_was_stored_unheard():
    """Takes a connection that breaks for a refusal, and dead-letters what is scored already."""

    class Anxious(Burying):
        producer_properties: ClassVar = {"retries": 0}

    return Anxious().run()


@saboteur("right-outcome", SILENCE, source="B-26", group="network", alone=True,
          also=("right-error-type", "never-both", "order-per-customer"))  # fmt: skip
def buries_what_waits_for_the_network():
    """Dead-letters a valid event because half a second passed without the broker's answer."""

    class Anxious(Burying):
        producer_properties: ClassVar = {"message.timeout.ms": PATIENCE_MS}

    return Anxious().run()


@saboteur("no-loss", SILENCE, source="B-09")
def takes_what_it_sent_for_stored():
    """Commits whatever left its queue, also because it waited there for too long."""
    client_properties("Producer", message_timeout_ms=PATIENCE_MS)

    @instead(AtLeastOnce, "_failed")
    def _(_failed, _self, _error, _message):
        return None


class _BrokenOffError(Exception):
    """The connection broke while offsets were sent to a transaction."""


class _Anxious:
    """A transactional producer that takes a connection that breaks for a failure."""

    def __init__(self, producer, health):
        self._producer, self._health = producer, health

    def __getattr__(self, name: str):
        return getattr(self._producer, name)

    def send_offsets_to_transaction(self, *args) -> None:
        before = self._health.lost_at
        self._producer.send_offsets_to_transaction(*args)
        self._producer.poll(0)  # the client's troubles are told here
        if self._health.lost_at != before:
            raise _BrokenOffError


@saboteur("no-duplicates", OFFSETS_UNHEARD, delivery=EXACTLY_ONCE, source="B-47")
def does_it_again_for_the_offsets():
    """Where it hears nothing of its offsets it commits the rest, and does the batch once more."""

    @instead(ExactlyOnce, "_transact")
    def _(transact, self, batch: Batch):
        producer = self._producer
        self._producer = _Anxious(producer, self._health)
        try:
            return transact(self, batch)
        except _BrokenOffError:
            self._insist(lambda: producer.commit_transaction(STEP_S))
        finally:
            self._producer = producer
        return transact(self, batch)


@saboteur("lag-returns", GIVEN_UP, source="B-43 B-46")
def is_offended_by_being_given_up():
    """Once its group has given it up, it joins again, and does nothing any more."""
    given_up: list[set[int]] = []

    @instead(AtLeastOnce, "lost")
    def _(lost, self, partitions):
        given_up.append(partitions)
        lost(self, partitions)

    @instead(AtLeastOnce, "revoked")
    def _(revoked, self, partitions):
        revoked(self, partitions)
        given_up.clear()

    @instead(Loop, "_turn")
    def _(turn, self):
        return self._source.tend(0.1) if given_up else turn(self)


@saboteur("lag-returns", CRASHED_BROKER, source="B-46", options=STUCK_SOON)
def never_comes_back_to_work():
    """After a broken connection it lives, owns its partitions, and waits for ever."""

    @instead(Loop, "_turn")
    def _(turn, self):
        return self._source.tend(0.1) if self._delivery._health.lost_at else turn(self)


@saboteur("no-loss", BROKEN_OFF, source="B-33", also=("lag-returns",))
def begins_afresh_when_the_line_breaks():
    """With the connection it throws away what it had fetched over it."""
    kept, seen = hold_back(200), [0.0]

    @instead(Loop, "_turn")
    def _(turn, self):
        lost_at = self._delivery._health.lost_at
        if lost_at and lost_at != seen[0]:
            seen[0] = lost_at
            kept.clear()
        return turn(self)


@saboteur("commit-reaches-end", BROKEN_OFF, source="B-38 B-39",
          also=("lag-returns", "no-duplicates"))  # fmt: skip
def commits_no_more_after_a_broken_line():
    """Takes a broken connection for the end of its membership, and has no right to commit then."""

    @instead(Source, "commit")
    def _(commit, self, offsets):
        if not self._health.lost_at:
            commit(self, offsets)
