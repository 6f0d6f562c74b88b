"""What an operator watches, for Prometheus; no label ever names a customer or a record."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from consumer.errors import Unreachable

log = logging.getLogger(__name__)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_RECORDS = (1, 2, 5, 10, 50, 100, 500, 1000, 5000, 10000)


class Metrics:
    """Counters, gauges and histograms of one consumer process."""

    def __init__(self):
        self.registry = CollectorRegistry()
        own = {"registry": self.registry, "namespace": "churn_consumer"}
        self.events = Counter("events", "Records consumed from the input topic", **own)
        self.outcomes = Counter("outcomes", "Records with a committed outcome", ["outcome"], **own)
        self.batch = Histogram("batch_records", "Records per batch", buckets=_RECORDS, **own)
        self._stages = Histogram(
            "stage_seconds", "Time per batch and stage", ["stage"], buckets=_SECONDS, **own
        )
        self.in_flight = Gauge("in_flight_records", "Records fetched and not yet committed", **own)
        self.partitions = Gauge("assigned_partitions", "Partitions that this member owns", **own)
        self.rebalances = Counter("rebalances", "Changes of the assignment", ["what"], **own)
        self.transactions = Counter("transactions", "Transactions by result", ["result"], **own)
        self.commits = Counter("commits", "Offset commits by result", ["result"], **own)
        self._children = {
            name: self._stages.labels(name) for name in ("decode", "score", "encode", "deliver")
        }

    def serve(self, port: int) -> None:
        """Answer on ``port``; 0 means no server. Raises ``Unreachable`` if the port is taken."""
        if not port:
            return
        try:
            start_http_server(port, registry=self.registry)
        except (OSError, OverflowError) as error:
            raise Unreachable(
                f"metrics port {port} cannot be opened: {error}; "
                "stop the other process or choose another --metrics-port (0: no metrics)"
            ) from error
        log.info("metrics served port=%d", port)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage of one batch."""
        start = perf_counter()
        yield
        self._children[name].observe(perf_counter() - start)

    def fetched(self, records: int) -> None:
        """A batch was fetched."""
        self.events.inc(records)
        self.batch.observe(records)
        self.in_flight.set(records)

    def committed(self, counts: dict[str, int]) -> None:
        """The outcomes of a batch are there for good."""
        for outcome, records in counts.items():
            self.outcomes.labels(outcome).inc(records)
        self.in_flight.set(0)
