"""Delivery in which outcomes and offsets become visible together, in one transaction."""

import logging
import time
from collections.abc import Callable

from confluent_kafka import KafkaError, KafkaException

from consumer.clients import FENCED, TRANSACTION_TIMEOUT_MS, Health, give_up
from consumer.errors import Stopped, Unreachable
from consumer.fetching import Source
from consumer.messages import Outgoing
from consumer.metrics import Metrics
from consumer.processing import Batch
from consumer.stopping import Stop

log = logging.getLogger(__name__)
STEP_S = 1.0  # one try of a step of a transaction
LONGEST_PAUSE_S = 1.0  # between two tries of a batch


class _Aborted(Exception):
    """The transaction must be given up, and its records done again."""


class ExactlyOnce:
    """One transaction per batch: outcomes, then offsets, then the commit.

    No transaction is open while records are fetched, so that a rebalance finds either a
    finished one or, during retries, one whose generation the broker checks.
    """

    pending = 0

    def __init__(
        self, make_producer: Callable, source: Source, health: Health, metrics: Metrics, stop: Stop
    ):
        """``make_producer()`` gives a producer with the stable transactional id."""
        self._make, self._source = make_producer, source
        self._health, self._metrics, self._stop = health, metrics, stop
        self._producer = make_producer()
        self._pause_s = 0.0
        self.committed = 0

    def start(self, within_s: float) -> None:
        """Take over the transactional id: what a predecessor left open is aborted now.

        Raises ``Unreachable`` after ``within_s``, ``Fenced`` or ``CredentialsRefused``.
        """
        end = time.monotonic() + within_s
        while not self._stop.asked:
            try:
                return self._producer.init_transactions(STEP_S)
            except KafkaException as error:
                give_up(error.args[0])
                if time.monotonic() > end:
                    raise Unreachable(
                        f"transactions cannot begin: the broker says {error.args[0].name()}"
                    ) from None
        return None

    def deliver(self, batch: Batch) -> None:
        """Commit a batch as a whole, or rewind, so that its records come again."""
        begun = time.monotonic()
        try:
            self._transact(batch)
        except _Aborted as aborted:
            self._again(str(aborted))
        except KafkaException as error:
            if not self._outlived(error.args[0], begun):
                give_up(error.args[0])
            self._renew()
        else:
            self._done(batch)

    def settle(self) -> None:
        """Nothing is ever left to commit."""

    def revoked(self, partitions: set[int]) -> None:
        """Nothing is in flight; offsets of an older generation are refused by the broker."""

    def lost(self, partitions: set[int]) -> None:
        """As for ``revoked``."""

    def close(self) -> None:
        """An open transaction is aborted by the broker, or by the successor's start."""
        self._producer.purge()
        self._producer.flush(0)

    def _transact(self, batch: Batch) -> None:
        # Taken before any callback can run: a later generation must not commit these offsets.
        membership = self._source.membership()
        positions = self._source.positions(batch.offsets)
        self._producer.begin_transaction()
        for message in batch.outgoing:
            self._produce(message)
        self._insist(
            lambda: self._producer.send_offsets_to_transaction(positions, membership, STEP_S)
        )
        self._insist(lambda: self._producer.commit_transaction(STEP_S))

    def _produce(self, message: Outgoing) -> None:
        while True:
            try:
                return self._producer.produce(
                    message.topic, message.value, message.key, headers=message.headers
                )
            except BufferError:  # the queue is full: that bounds the memory
                self._tend()
                self._producer.poll(0.05)
            except KafkaException as error:
                # A transaction that has failed refuses messages; its next step says why.
                if error.args[0].fatal():
                    raise
                raise _Aborted(error.args[0].name()) from None

    def _insist(self, step: Callable[[], None]) -> None:
        """Repeat a step while the client calls it retriable."""
        while True:
            try:
                return step()
            except KafkaException as error:
                cause = error.args[0]
                if cause.fatal():
                    raise
                if cause.txn_requires_abort() or not cause.retriable():
                    raise _Aborted(cause.name()) from None
                self._tend()

    def _tend(self) -> None:
        if self._stop.overdue:
            raise Stopped
        self._source.tend()

    def _again(self, why: str) -> None:
        log.warning("transaction aborted, doing its records again cause=%s", why)
        self._metrics.transactions.labels("aborted").inc()
        try:
            self._insist(lambda: self._producer.abort_transaction(STEP_S))
        except (_Aborted, KafkaException) as error:
            if isinstance(error, KafkaException):
                self._outlived(error.args[0], 0.0) or give_up(error.args[0])
            self._renew()
            return
        self._rewind()

    def _rewind(self) -> None:
        while True:
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2 or 0.05)
            self._source.tend(self._pause_s)
            if self._stop.overdue:
                raise Stopped
            try:
                return self._source.rewind()
            except KafkaException as error:
                give_up(error.args[0])

    def _outlived(self, error: KafkaError, begun: float) -> bool:
        """Whether the broker gave the transaction up because it was itself away for too long.

        That looks like being fenced. A rival needs no outage, so without one it is fenced.
        """
        lost_at = self._health.lost_at or 0.0
        lasted_s = time.monotonic() - begun
        away = lost_at >= begun and lasted_s > TRANSACTION_TIMEOUT_MS / 1000
        return away and (error.code() in FENCED or error.code() == KafkaError._FATAL)

    def _renew(self) -> None:
        log.warning("transaction given up by the broker, beginning anew")
        self._producer.purge()
        self._producer = self._make()
        self.start(within_s=60.0)
        self._rewind()

    def _done(self, batch: Batch) -> None:
        self._pause_s = 0.0
        self._health.well()
        self._metrics.transactions.labels("committed").inc()
        self._metrics.committed(batch.counts)
        self.committed += sum(batch.sizes.values())
