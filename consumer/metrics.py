"""What an operator watches, for Prometheus; no label ever names a customer or a record."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from consumer.lag import Lag
from consumer.messages import DESERIALIZATION, INFERENCE, SCORED, VALIDATION
from consumer.pulse import Pulse

disable_created_metrics()  # a series each, which nobody asks for
STAGES = ("fetch", "decode", "score", "encode", "deliver")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_RECORDS = (1, 2, 5, 10, 50, 100, 500, 1000, 5000, 10000)
_LETTERS = (DESERIALIZATION, VALIDATION, INFERENCE)


class Metrics:
    """Counters, gauges and histograms of one consumer process, and its pulse.

    Told once per batch or more rarely, never per record.
    """

    def __init__(self):
        self.registry, self.pulse = CollectorRegistry(), Pulse()
        own = {"registry": self.registry, "namespace": "churn_consumer"}
        self.events = Counter("events", "Records consumed from the input topic", **own)
        self.outcomes = Counter("outcomes", "Records with a committed outcome", ["outcome"], **own)
        self.letters = Counter(
            "dead_letters", "Records with a committed dead letter", ["error_type"], **own
        )
        self.batch = Histogram("batch_records", "Records per batch", buckets=_RECORDS, **own)
        self._stages = Histogram(
            "stage_seconds", "Time per batch and stage; fetch includes the wait for a first record",
            ["stage"], buckets=_SECONDS, **own,
        )  # fmt: skip
        self.in_flight = Gauge("in_flight_records", "Records fetched and not yet committed", **own)
        self.partitions = Gauge("assigned_partitions", "Partitions that this member owns", **own)
        self.lag = Lag(Gauge("lag_records", "Records not yet committed", ["partition"], **own))
        self.rebalances = Counter("rebalances", "Changes of the assignment", ["what"], **own)
        self.transactions = Counter("transactions", "Transactions by result", ["result"], **own)
        self.commits = Counter("commits", "Offset commits by result", ["result"], **own)
        ProcessCollector(registry=self.registry)
        self._show_zeros()

    def _show_zeros(self) -> None:
        """A rate needs the 0 before the first 1."""
        self._children = {name: self._stages.labels(name) for name in STAGES}
        for outcome in (SCORED, *_LETTERS):
            self.outcomes.labels(outcome)
        for error_type in _LETTERS:
            self.letters.labels(error_type)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage of one batch."""
        start = perf_counter()
        yield
        self._children[name].observe(perf_counter() - start)

    def fetched(self, records: int, took_s: float) -> None:
        """A batch was fetched."""
        self.pulse.took()
        self.events.inc(records)
        self.batch.observe(records)
        self.in_flight.inc(records)
        self._children["fetch"].observe(took_s)

    def turned(self, pending: int) -> None:
        """The loop went round once, and so many records are still in hand."""
        self.in_flight.set(pending)
        if pending:
            self.pulse.took()

    def committed(self, counts: dict[str, int], offsets: dict[int, int]) -> None:
        """The outcomes of a batch are there for good: ``offsets`` are the group's next ones."""
        self.pulse.finished()
        self.lag.committed(offsets)
        for outcome, records in counts.items():
            self.outcomes.labels(outcome).inc(records)
            if outcome != SCORED:
                self.letters.labels(outcome).inc(records)

    def regrouped(self, what: str, owned: int) -> None:
        """Partitions were assigned, revoked or lost; so many are owned now."""
        self.pulse.regrouped()
        self.rebalances.labels(what).inc()
        self.partitions.set(owned)
