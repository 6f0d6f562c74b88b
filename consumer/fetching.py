"""The input: membership in the group, batches of records, positions and commits."""

import logging
import time
from bisect import bisect_right
from contextlib import suppress
from itertools import accumulate
from typing import Protocol

from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, TopicPartition

from consumer.clients import Health, give_up
from consumer.metrics import Metrics

log = logging.getLogger(__name__)
WAIT_S = 0.1  # for a first record; also how long a stop may go unseen
LOOK_EVERY_S = 0.2  # a look costs a few microseconds a partition
ANSWER_S = 5.0  # for the broker to tell committed offsets
ASSIGN_S = 1.0  # the same while the group is being shared out, which must not be held up
HELD = 1000  # records that wait while none can be taken: nearly a minute's
RESUME_AGAIN_S = 1.0  # long after the client has done the first, or dropped it
BATCH_BYTES = 8 * 2**20  # of values; a batch of ordinary events reaches its count first


class Owner(Protocol):
    """Who must know that partitions go away."""

    def revoked(self, partitions: set[int]) -> None:
        """Still ours during this call: finish and commit what is done."""

    def lost(self, partitions: set[int]) -> None:
        """No longer ours: forget them, commit nothing."""


class Source:
    """One member of the group. Callbacks run inside ``fetch``, ``tend`` and ``close`` only."""

    def __init__(
        self, client, topic: str, health: Health, metrics: Metrics, *, eager=False, gather_s=0.0
    ):
        """``client`` is a confluent_kafka ``Consumer`` that commits nothing by itself.

        ``eager``: its group gives all partitions back at each rebalance.
        ``gather_s``: how long a batch waits for what comes close behind its first record.
        """
        self._eager, self._gather_s = eager, gather_s
        self._client, self._topic, self._health, self._metrics = client, topic, health, metrics
        self._owner: Owner | None = None
        self._paused: set[int] = set()  # as the client has it; it keeps that over a loss
        self._begins: dict[int, int] = {}  # partition -> what was committed when it was assigned
        self._resumed: set[int] = set()  # so far once
        self._resume_again_at = 0.0  # monotonic seconds
        self._held: list = []
        self._look_at = 0.0  # monotonic seconds of the next look at the lag
        self.assigned: set[int] = set()

    def join(self, owner: Owner) -> None:
        """Join the group; records come once the partitions are assigned."""
        self._owner = owner
        self._client.subscribe(
            [self._topic],
            on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost,
        )  # fmt: skip

    def fetch(self, most: int) -> list:
        """Up to ``most`` records: what is there, after a short wait for a first one.

        Large ones come a few at a time, for each is in memory several times while it is treated.
        """
        self._go_on()
        self._metrics.pulse.beat()
        if not self._held:
            self._held = self._client.consume(1, WAIT_S)
        if self._held and _fitting(self._held, most) == len(self._held) < most:
            # Meanwhile a partition can go and come back: what is held of it would come twice.
            more = self._client.consume(most - len(self._held), self._gather_s)
            self._held += more
        taken = self._sound(self._held)
        place = _fitting(taken, most)
        records, self._held = taken[:place], taken[place:]
        self._look(idle=not records)
        return records

    def tend(self, wait_s: float = 0.0) -> None:
        """Stay a member of the group while no record can be taken; one at most is held each time.

        Partitions are paused only where more than a batch is held, after a minute. librdkafka
        drops a pause or resume that meets an operation of its own, as around a rebalance, and
        then the partition stands still for good (its issues 2190 and 5591).
        """
        self._metrics.pulse.beat()
        more = self._sound(self._client.consume(1, wait_s))  # which may take held ones away
        self._held += more
        if more and _fitting(self._held, HELD) < len(self._held):
            full = {record.partition() for record in more}
            self._paused |= full
            self._client.pause(self._partitions(full))

    def commit(self, offsets: dict[int, int]) -> None:
        """Commit and wait for the answer; raises ``KafkaException`` if it is refused."""
        answered = self._client.commit(offsets=self.positions(offsets), asynchronous=False)
        for position in answered or ():
            if position.error:
                raise KafkaException(position.error)

    def positions(self, offsets: dict[int, int]) -> list[TopicPartition]:
        """The client's form of partition -> next offset."""
        return [TopicPartition(self._topic, p, offset) for p, offset in offsets.items()]

    def rewind(self) -> None:
        """Go back to what is committed, in every partition that we own."""
        self._go_on()
        self._held.clear()
        asked = self._partitions(self.assigned)
        for position in self._client.committed(asked, timeout=ANSWER_S) if asked else ():
            if position.error:
                raise KafkaException(position.error)
            if position.offset < 0:
                position.offset = OFFSET_BEGINNING
            self._client.seek(position)

    def membership(self) -> object:
        """The group metadata that ties offsets in a transaction to this generation."""
        return self._client.consumer_group_metadata()

    def close(self) -> None:
        """Leave the group, so that others need not wait for the session to end."""
        self._client.close()

    def _sound(self, messages: list) -> list:
        """Without errors, partitions that went away meanwhile, and what was done before we came.

        librdkafka may begin where it was when it last had the partition, for a record or so.
        """
        records = []
        for message in messages:
            error = message.error()
            if error is None:
                records.append(message)
            else:
                self._note(error)
        if records:
            self._health.well()
        records = [record for record in records if self._is_due(record)]
        self._metrics.lag.seen(records, self.assigned)
        return records

    def _is_due(self, record) -> bool:
        partition = record.partition()
        if partition not in self.assigned:
            return False
        begin = self._begins.get(partition, 0)
        return record.offset() >= begin or self._is_cut_short(partition, begin)

    def _is_cut_short(self, partition: int, begin: int) -> bool:
        """Whether its broker has lost the end of a partition: what stands there now is new."""
        _, end = self._client.get_watermark_offsets(*self._partitions({partition}), cached=True)
        if 0 <= end < begin:
            del self._begins[partition]
            return True
        return False

    def _look(self, *, idle: bool) -> None:
        """Show now and then how far behind each partition is; the client knows without asking."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY_S
        for place in self._partitions(self.assigned):
            with suppress(KafkaException):  # a figure less is no reason to stop
                _, end = self._client.get_watermark_offsets(place, cached=True)
                self._metrics.lag.show(place.partition, end, idle=idle)

    def _note(self, error: KafkaError) -> None:
        give_up(error)
        self._health.trouble("input not readable, trying on", error.name())

    def _go_on(self) -> None:
        """Resume what is paused, and once more after a while, should the first one be dropped."""
        self._resume(self._paused & self.assigned)
        if self._resumed and time.monotonic() > self._resume_again_at:
            self._client.resume(self._partitions(self._resumed))  # does nothing where it was done
            self._resumed.clear()

    def _resume(self, paused: set[int]) -> None:
        if paused:
            self._paused -= paused
            self._resumed |= paused
            self._resume_again_at = time.monotonic() + RESUME_AGAIN_S
            self._client.resume(self._partitions(paused))

    def _partitions(self, numbers: set[int]) -> list[TopicPartition]:
        return [TopicPartition(self._topic, number) for number in sorted(numbers)]

    def _on_assign(self, client, partitions: list[TopicPartition]) -> None:
        new = {partition.partition for partition in partitions}
        self._resume(self._paused & new)  # before its fetch begins: see tend
        (client.assign if self._eager else client.incremental_assign)(partitions)
        self.assigned |= new
        self._begins |= self._committed(partitions)
        self._changed("assigned", len(partitions))

    def _committed(self, partitions: list[TopicPartition]) -> dict[int, int]:
        """What is committed of each, as far as the broker tells just now."""
        asked = self._partitions({one.partition for one in partitions})
        try:
            told = self._client.committed(asked, timeout=ASSIGN_S) if asked else ()
        except KafkaException:
            return {}
        return {one.partition: one.offset for one in told if one.offset >= 0 and not one.error}

    def _on_revoke(self, client, partitions: list[TopicPartition]) -> None:
        gone = {partition.partition for partition in partitions}
        self._owner.revoked(gone)
        self._unassign(client, partitions)
        self._forget(gone, "revoked")

    def _on_lost(self, client, partitions: list[TopicPartition]) -> None:
        gone = {partition.partition for partition in partitions}
        self._owner.lost(gone)
        self._unassign(client, partitions)
        self._forget(gone, "lost")

    def _unassign(self, client, partitions: list[TopicPartition]) -> None:
        if self._eager:
            client.unassign()
        else:
            client.incremental_unassign(partitions)

    def _forget(self, gone: set[int], how: str) -> None:
        self.assigned -= gone
        for partition in gone:
            self._begins.pop(partition, None)
        self._held = [record for record in self._held if record.partition() not in gone]
        self._metrics.lag.forget(gone)
        self._changed(how, len(gone))

    def _changed(self, how: str, count: int) -> None:
        self._metrics.regrouped(how, len(self.assigned))
        log.info("partitions %s count=%d owned=%d", how, count, len(self.assigned))


def _fitting(records: list, most: int) -> int:
    """How many make a batch: at least one, at most ``most``, and no more bytes than one has."""
    values = [record.value() or b"" for record in records[:most]]
    return max(1, bisect_right(list(accumulate(map(len, values))), BATCH_BYTES))
