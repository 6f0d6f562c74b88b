"""Fetch, process, deliver, until a stop is asked for or enough is done."""

import logging
from time import perf_counter
from typing import Protocol

from consumer.errors import Stopped
from consumer.fetching import Source
from consumer.metrics import Metrics
from consumer.processing import Batch, Processor
from consumer.stopping import Stop

log = logging.getLogger(__name__)


class Delivery(Protocol):
    """How outcomes and offsets get to the broker."""

    committed: int
    most: int  # records that the next batch may have

    @property
    def pending(self) -> int:
        """Records whose outcome is under way or delivered, and not yet committed."""

    def deliver(self, batch: Batch) -> None:
        """Deliver a batch and see to its commit, or arrange for its records to come again."""

    def settle(self) -> None:
        """Commit what is pending, as far as it is delivered."""

    def close(self) -> None:
        """Give up what is still in flight."""


class Loop:
    """The life of a consumer that is ready."""

    def __init__(
        self, source: Source, processor: Processor, delivery: Delivery, metrics: Metrics,
        stop: Stop, most: int | None = None,
    ):  # fmt: skip
        """``most`` committed outcomes, then it ends; None: until it is stopped."""
        self._source, self._processor, self._delivery = source, processor, delivery
        self._metrics, self._stop, self._most = metrics, stop, most

    def run(self) -> None:
        """Run until stopped; raises ``ConsumerError`` for what no retry can cure."""
        self._metrics.pulse.runs()
        try:
            while not self._stop.asked and not self._enough():
                self._turn()
            self._finish()
        except Stopped:
            log.warning("stopped with work in flight: it is uncommitted and will come again")

    def _turn(self) -> None:
        begun, room = perf_counter(), self._room()
        records = self._source.fetch(room) if room else []
        if records:
            self._metrics.fetched(len(records), perf_counter() - begun)
            batch = self._processor.process(records)
            with self._metrics.stage("deliver"):
                self._delivery.deliver(batch)
        else:
            self._delivery.settle()
        self._metrics.turned(self._delivery.pending)

    def _finish(self) -> None:
        self._metrics.pulse.stops()
        while self._delivery.pending and not self._stop.overdue:
            self._delivery.settle()
            self._source.tend(0.05)

    def _enough(self) -> bool:
        return self._most is not None and self._delivery.committed >= self._most

    def _room(self) -> int:
        """How many records the next batch may have."""
        if self._most is None:
            return self._delivery.most
        left = self._most - self._delivery.committed - self._delivery.pending
        return min(self._delivery.most, left)
