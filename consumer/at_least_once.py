"""Delivery in which a record is committed only after its outcome was acknowledged."""

import time
from contextlib import suppress

from confluent_kafka import KafkaError, KafkaException

from consumer.background import in_background
from consumer.clients import PURGED, Health, give_up, send
from consumer.dead_lettering import shrunk
from consumer.errors import Stopped
from consumer.fetching import Source
from consumer.messages import Outgoing
from consumer.metrics import Metrics
from consumer.processing import BATCH, Batch
from consumer.stopping import Stop

STEP_S = 0.2  # of waiting, before the group is tended to
REVOKE_S = 3.0  # a rebalance waits that long for work in flight, well below a session
SETTLE_S = 0.05  # while nothing comes in
LARGE = 1_000  # messages; so many are acknowledged while the next batch is worked on


class AtLeastOnce:
    """Produces, waits for every acknowledgement, then commits synchronously what was delivered.

    A large batch is waited for when the next one is ready, so that never more than two are in
    memory. A commit that is refused is tried again with the next batch: while the partition is
    ours, nothing that was delivered stays uncommitted.
    """

    most = BATCH

    def __init__(self, producer, source: Source, health: Health, metrics: Metrics, stop: Stop):
        """``producer`` is idempotent and reports failed messages only."""
        self._producer, self._source = producer, source
        self._health, self._metrics, self._stop = health, metrics, stop
        self._refused: list[Outgoing] = []
        self._unconfirmed = Batch()
        self._delivered: dict[int, int] = {}  # partition -> next offset, not yet committed
        self._sizes: dict[int, int] = {}
        self._counts: dict[str, int] = {}
        self.committed = 0

    @property
    def pending(self) -> int:
        """Records under way or delivered, and not yet committed."""
        return sum(self._sizes.values()) + sum(self._unconfirmed.sizes.values())

    def deliver(self, batch: Batch) -> None:
        """Deliver a batch, and commit it unless it is large, and the one before it.

        Raises ``Stopped`` if a stop cuts that short.
        """
        in_time = self._await_previous()
        self._unconfirmed = _both(self._unconfirmed, batch)
        for message in batch.outgoing:
            self._produce(message)
        if in_time and len(batch.outgoing) >= LARGE:
            return
        while self._outstanding():
            self._wait()
        self.settle()

    def settle(self) -> None:
        """Commit what was delivered; what the group refuses now is tried again later."""
        if self._outstanding():
            self._flush(SETTLE_S)
        if not self._outstanding():
            self._confirm()
        if not self._commit():
            self._source.tend()

    def _commit(self, *, in_rebalance: bool = False) -> bool:
        """Whether the group did not refuse it."""
        if not self._delivered:
            return True
        try:
            if in_rebalance:  # the client lets no other thread in before its callback ends
                self._source.commit(self._delivered)
            else:
                self._await_commit()
        except KafkaException as error:
            give_up(error.args[0])
            self._metrics.commits.labels("refused").inc()
            self._health.trouble("commit refused, trying on", error.args[0].name())
            return False
        self._health.well()
        self._metrics.commits.labels("done").inc()
        self._metrics.committed(self._counts, self._delivered)
        self.committed += sum(self._sizes.values())
        self._delivered, self._sizes, self._counts = {}, {}, {}
        return True

    def _await_commit(self) -> None:
        """An answer takes as long as the broker is away; that it is away is told meanwhile."""
        committing = in_background(lambda: self._source.commit(self._delivered), "commit")
        while True:
            try:
                return committing.result(STEP_S)
            except TimeoutError:
                self._producer.poll(0)  # runs the callback that tells of it

    def revoked(self, partitions: set[int]) -> None:
        """Give work in flight a moment, commit what is done, and let go of the rest."""
        self._flush(REVOKE_S)
        if not self._outstanding():
            self._confirm()
        self._commit_before_loss(partitions)
        self.lost(partitions)

    def lost(self, partitions: set[int]) -> None:
        """Commit nothing of these partitions any more."""
        for partition in partitions:
            for known in (self._delivered, self._sizes, self._unconfirmed.offsets,
                          self._unconfirmed.sizes):  # fmt: skip
                known.pop(partition, None)

    def close(self) -> None:
        """Drop what a stop or an error gave up: it is uncommitted, and comes again.

        The group is left after this, and what it takes back then must find nothing to confirm.
        """
        self._refused, self._unconfirmed = [], Batch()
        with suppress(KafkaException):  # of a producer that failed for good
            self._producer.purge()
            self._producer.flush(0)

    def _await_previous(self) -> bool:
        """Commit the batch before; whether it got there in time.

        The group is not tended to meanwhile: no partition of the batch that waits may go.
        """
        self._flush(REVOKE_S)
        if self._outstanding():
            return False
        self._confirm()
        self._commit()
        return True

    def _flush(self, within_s: float) -> None:
        end = time.monotonic() + within_s
        while self._outstanding() and time.monotonic() < end:
            self._producer.flush(STEP_S)
            self._send_again()

    def _outstanding(self) -> bool:
        return bool(len(self._producer) or self._refused)

    def _produce(self, message: Outgoing) -> None:
        while True:
            try:
                send(self._producer, message, self._on_delivery)
                return
            except BufferError:  # the queue is full: that bounds the memory
                self._wait()
            except KafkaException as error:
                self._failed(error.args[0], message)
                return

    def _wait(self) -> None:
        """Let messages go out for a moment, without losing the membership in the group."""
        if self._producer.flush(STEP_S) or self._refused:
            if self._stop.overdue:
                raise Stopped
            self._source.tend()
        self._send_again()

    def _send_again(self) -> None:
        again, self._refused = self._refused, []
        for message in again:
            self._produce(message)

    def _on_delivery(self, error: KafkaError | None, message) -> None:
        if error is not None and error.code() not in PURGED:
            outgoing = Outgoing(message.topic(), message.key(), message.value(), message.headers())
            self._failed(error, outgoing)

    def _failed(self, error: KafkaError, message: Outgoing) -> None:
        give_up(error)
        self._health.trouble("message not delivered, trying on", error.name())
        if error.code() == KafkaError.MSG_SIZE_TOO_LARGE and message.headers:
            message = shrunk(message, len(message.value) * 3 // 4)
        self._refused.append(message)

    def _confirm(self) -> None:
        """All that was sent is acknowledged: its offsets may be committed."""
        batch, self._unconfirmed = self._unconfirmed, Batch()
        self._delivered |= batch.offsets
        _add(self._sizes, batch.sizes)
        _add(self._counts, batch.counts)

    def _commit_before_loss(self, partitions: set[int]) -> None:
        if partitions & self._delivered.keys():
            self._commit(in_rebalance=True)


def _both(earlier: Batch, later: Batch) -> Batch:
    """How far both reach; what they send is sent already."""
    both = Batch([], earlier.offsets | later.offsets, dict(earlier.sizes), dict(earlier.counts))
    _add(both.sizes, later.sizes)
    _add(both.counts, later.counts)
    return both


def _add(known: dict, more: dict) -> None:
    for name, records in more.items():
        known[name] = known.get(name, 0) + records
