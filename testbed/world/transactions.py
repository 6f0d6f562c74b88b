"""Senders that publish in transactions: cancelled, undecided for a while, or gone in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confluent_kafka import KafkaException, Producer
from msgspec.structs import replace

from testbed import clients
from testbed.errors import BenchError
from testbed.history import INPUT
from testbed.pipeline import LOOK_EVERY_S
from testbed.telco.draft import Draft
from testbed.wait import until

if TYPE_CHECKING:
    from testbed.world.world import World

TURNS = 2  # senders that cancel one lot after the other in turn
# After so long the broker itself cancels what a sender that is gone has left open.
ABANDONED_MS = 2_000
HELD_ON = 0  # the partition of events that are held back; ordinary ones go to the others


class Transactions:
    """Each sender is a producer of its own, with a transactional id that nobody else has."""

    def __init__(self, world: World):
        self._world = world
        self._senders = 0

    def cancelled(self, cancelled: int, published: int) -> None:
        """Events that are taken back, with as many ordinary ones on both sides."""
        sending, half = self._world.sending, published // 2
        sending.ordinary(half)
        self._cancel(self._sender(), sending.valid(cancelled))
        self._behind(published - half)

    def interleaved(self, cancelled: int, published: int) -> None:
        """Taken back in small lots, each between ordinary events of the same partitions."""
        sending, lots = self._world.sending, 10
        each = published // (lots + 1)
        senders = [self._sender() for _ in range(TURNS)]
        for lot in range(lots):
            sending.ordinary(each)
            self._cancel(senders[lot % TURNS], sending.valid(cancelled // lots))
        self._behind(published - each * lots)

    def undecided(self, held: int, published: int) -> None:
        """Events that are held back until others, published later, have been answered."""
        pipeline = self._world.pipeline
        drafts = [_held(one) for one in self._world.sending.valid(held)]
        producer = self._sender()
        since = self._world.history.now()
        with pipeline.transaction(producer, drafts) as answers:
            self._answer_others(published)
            hidden = (since, self._world.history.now())
            producer.commit_transaction(self._world.limits.publish_s)
            answers[:] = [replace(one, hidden=hidden) for one in answers]

    def abandoned(self, held: int, published: int) -> None:
        """A sender is gone with its transaction open; others publish behind its events."""
        drafts = [_nobodys(one, "abandoned") for one in self._world.sending.valid(held)]
        producer = self._sender(**{"transaction.timeout.ms": ABANDONED_MS})
        with self._world.pipeline.transaction(producer, drafts):
            producer.purge()
        self._behind(published)

    def take_over(self, names: list[str]) -> None:
        """Begin under these names, as a second service that was given them by mistake, and go.

        The broker ends what was open under them, and takes no more from who had them before.
        """
        for name in names:
            self._begun(name)

    def _behind(self, count: int) -> None:
        """Ordinary events, the last ones on each partition: their answers show who came past."""
        sending = self._world.sending
        sentinels = sending.sentinels()
        sending.ordinary(count - len(sentinels))
        self._world.pipeline.publish(sentinels)

    def _cancel(self, producer: Producer, drafts: list[Draft]) -> None:
        nobodys = [_nobodys(one, "cancelled") for one in drafts]
        with self._world.pipeline.transaction(producer, nobodys):
            producer.abort_transaction(self._world.limits.publish_s)

    def _answer_others(self, count: int) -> None:
        """Publish on the other partitions, and wait for the answers: a sign of life."""
        pipeline = self._world.pipeline
        others = [p for p in range(pipeline.partitions[INPUT]) if p != HELD_ON]
        before = pipeline.reader.count
        drafts = [
            replace(draft, partition=others[n % len(others)])
            for n, draft in enumerate(self._world.sending.valid(count))
        ]
        pipeline.publish(drafts)
        until(
            lambda: pipeline.reader.count >= before + count,
            within_s=self._world.limits.first_answer_s,
            what="the events of other senders to be answered",
            describe=lambda: f"{pipeline.reader.count - before} of {count}",
            every_s=LOOK_EVERY_S,
        )

    def _sender(self, **more) -> Producer:
        self._senders += 1
        return self._begun(f"{self._world.pipeline.topics[INPUT]}-sender-{self._senders}", **more)

    def _begun(self, name: str, **more) -> Producer:
        handover, within_s = self._world.bench.handover, self._world.limits.publish_s
        producer = clients.producer(handover, **{"transactional.id": name}, **more)
        try:
            producer.init_transactions(within_s)
        except KafkaException as error:
            raise BenchError("A sender cannot begin", error.args[0].str()) from error
        return producer


def _held(draft: Draft) -> Draft:
    return replace(draft, partition=HELD_ON, note="held back")


def _nobodys(draft: Draft, note: str) -> Draft:
    return replace(draft, admits=(), note=note)
