"""Delivery in which outcomes and offsets become visible together, in one transaction."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress

from confluent_kafka import KafkaError, KafkaException

from consumer.background import in_background
from consumer.clients import (
    FENCED,
    NOT_ALLOWED,
    PURGED,
    TRANSACTION_TIMEOUT_MS,
    Health,
    give_up,
    send,
)
from consumer.errors import Stopped, Unreachable
from consumer.fetching import Source
from consumer.messages import Outgoing
from consumer.metrics import Metrics
from consumer.processing import BATCH, Batch
from consumer.stopping import Stop

log = logging.getLogger(__name__)
STEP_S = 1.0  # one try of a step of a transaction
LONGEST_PAUSE_S = 1.0  # between two tries of a batch
MOST_RENEWALS = 5  # in a row without one commit: then no client can help
# Records of the first transaction, and of the smallest: where each step is slow whatever the
# size, as on a busy machine, smaller ones would only be more of them.
LEAST = 1_000
QUICK_S, SLOW_S = 0.5, 2.0  # the broker gives up a transaction that outlasts its timeout
HUNG_S = 3.0  # far above a healthy answer; a new client is safe at any time, for it fences the old


class _AbortedError(Exception):
    """The transaction must be given up, and its records done again."""


class _HungError(Exception):
    """The client does not come back from a call; only a new client helps."""


class ExactlyOnce:
    """One transaction per batch: outcomes, then offsets, then the commit.

    A batch is as large as one transaction can deliver in good time, whatever the line and the
    queue are like: the broker fences whoever outlasts the timeout, as if by a rival.

    No transaction is open while records are fetched, so that a rebalance finds either a
    finished one or, during retries, one whose generation the broker checks.
    """

    pending = 0

    def __init__(
        self, make_producer: Callable, source: Source, health: Health, metrics: Metrics, stop: Stop
    ):
        """``make_producer(on_delivery)`` gives a producer with the stable transactional id."""
        self._make, self._source = make_producer, source
        self._health, self._metrics, self._stop = health, metrics, stop
        self._producer = make_producer()
        self._pause_s, self._renewals = 0.0, 0
        self._cause: KafkaError | None = None  # why a message was not delivered
        self.committed, self.most = 0, LEAST

    def start(self, within_s: float) -> None:
        """Take over the transactional id: what a predecessor left open is aborted now.

        Raises ``Unreachable`` after ``within_s``, ``Fenced`` or ``CredentialsRefused``.
        """
        end = time.monotonic() + within_s
        while not self._stop.asked:
            try:
                self._connect()
                return self._producer.init_transactions(STEP_S)
            except KafkaException as error:
                give_up(error.args[0])
                if time.monotonic() > end:
                    raise Unreachable(
                        f"transactions cannot begin: the broker says {error.args[0].name()}"
                    ) from None
        return None

    def _connect(self) -> None:
        """Know a broker by its own name first.

        librdkafka drops the bootstrap connection with its first answer, and where that was
        asked for the coordinator, half a second passes until it asks again.
        """
        for _ in range(2):  # over the bootstrap connection, over the broker's own
            self._producer.list_topics(timeout=STEP_S)

    def deliver(self, batch: Batch) -> None:
        """Commit a batch as a whole, or rewind, so that its records come again."""
        begun, self._cause = time.monotonic(), None
        try:
            self._transact(batch)
        except _AbortedError as error:
            self._again(error.args[0], begun)
        except _HungError:
            self._renew("client hung")
        except KafkaException as error:
            self._renew_unless_fenced(error.args[0], begun)
        else:
            self._done(batch)
        self._adapt(time.monotonic() - begun)

    def _adapt(self, lasted_s: float) -> None:
        """Let the next transaction follow from how long this one took."""
        if lasted_s > SLOW_S:
            self.most = max(LEAST, self.most // 2)
        elif lasted_s < QUICK_S:
            self.most = min(BATCH, self.most * 2)

    def settle(self) -> None:
        """Nothing is ever left to commit."""

    def revoked(self, partitions: set[int]) -> None:
        """Nothing is in flight; offsets of an older generation are refused by the broker."""

    def lost(self, partitions: set[int]) -> None:
        """As for ``revoked``."""

    def close(self) -> None:
        """An open transaction is aborted by the broker, or by the successor's start."""
        with suppress(KafkaException):  # of a producer that is fenced
            self._producer.purge()
            self._producer.flush(0)

    def _transact(self, batch: Batch) -> None:
        # Taken before any callback can run: a later generation must not commit these offsets.
        membership = self._source.membership()
        positions = self._source.positions(batch.offsets)
        self._producer.begin_transaction()
        for message in batch.outgoing:
            self._produce(message)
        self._insist(lambda: self._send_offsets(positions, membership))
        self._insist(lambda: self._producer.commit_transaction(STEP_S))

    def _produce(self, message: Outgoing) -> None:
        while True:
            try:
                return send(self._producer, message, self._on_delivery)
            except BufferError:  # the queue is full: that bounds the memory
                self._tend()
                self._producer.flush(0.05)
            except KafkaException as error:
                if error.args[0].fatal():
                    raise
                raise _AbortedError(error.args[0]) from None

    def _send_offsets(self, positions: list, membership: object) -> None:
        """The client ignores its timeout here when the coordinator went away, so keep our own."""
        send = self._producer.send_offsets_to_transaction
        sending = in_background(lambda: send(positions, membership, STEP_S), "offsets")
        end = time.monotonic() + HUNG_S
        while True:
            try:
                return sending.result(STEP_S)
            except TimeoutError:
                self._tend()
                if time.monotonic() > end:
                    raise _HungError from None

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
                    raise _AbortedError(cause) from None
                self._tend()

    def _tend(self) -> None:
        if self._stop.overdue:
            raise Stopped
        self._source.tend()

    def _again(self, why: KafkaError, begun: float) -> None:
        """Abort, and go back to what is committed.

        Not with a client that has messages of which it does not know whether they are stored:
        librdkafka gives their sequence numbers to the next transaction's, and the broker takes
        those for repetitions and drops them.
        """
        if self._producer.flush(0):
            return self._renew(self._bearable(why).name())
        try:
            self._insist(lambda: self._producer.abort_transaction(STEP_S))
        except _AbortedError:
            return self._renew("abort refused")
        except KafkaException as error:
            return self._renew_unless_fenced(error.args[0], begun)
        cause = self._bearable(why)
        self._metrics.transactions.labels("aborted").inc()
        self._health.trouble("transaction aborted, doing its records again", cause.name())
        return self._rewind()

    def _bearable(self, why: KafkaError) -> KafkaError:
        """The cause of an abort; raises where trying again would never help."""
        cause = self._cause or why  # a delivery report may not have come yet
        if cause.code() in NOT_ALLOWED:
            give_up(cause)
        return cause

    def _on_delivery(self, error: KafkaError | None, _message: object) -> None:
        if error is not None and error.code() not in PURGED:
            self._cause = error

    def _rewind(self) -> None:
        self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2 or 0.05)
        self._source.tend(self._pause_s)
        self._until_done(self._source.rewind)

    def _until_done(self, step: Callable[[], None]) -> None:
        while True:
            try:
                return step()
            except KafkaException as error:
                give_up(error.args[0])
                self._tend()

    def _renew_unless_fenced(self, error: KafkaError, begun: float) -> None:
        """Go on with a new client where this one cannot, unless a rival has taken over.

        To have been given up by a broker that was itself away for too long looks like being
        fenced; but a rival needs no outage. Other fatal errors, such as a sequence number that
        does not follow after a lost answer, are the client's own.
        """
        lost_at = self._health.lost_at or 0.0
        lasted_s = time.monotonic() - begun
        away = lost_at >= begun and lasted_s > TRANSACTION_TIMEOUT_MS / 1000
        hopeless = error.code() in NOT_ALLOWED or self._renewals >= MOST_RENEWALS
        perhaps_fenced = error.code() in (*FENCED, KafkaError._FATAL)
        if hopeless or (perhaps_fenced and not away):
            give_up(error)
        self._renew(error.name())

    def _renew(self, why: str) -> None:
        """A new client takes over the transactional id from the one that cannot go on."""
        self._health.trouble("transactional client renewed", why)
        self._metrics.transactions.labels("aborted").inc()
        self._renewals += 1
        self._producer.purge()
        self._producer = self._make()
        self._until_done(lambda: self._producer.init_transactions(STEP_S))
        self._rewind()

    def _done(self, batch: Batch) -> None:
        self._pause_s, self._renewals = 0.0, 0
        self._health.well()
        self._metrics.transactions.labels("committed").inc()
        self._metrics.committed(batch.counts, batch.offsets)
        self.committed += sum(batch.sizes.values())
