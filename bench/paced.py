"""How long events wait for their outcome at a steady rate.

Each event has a time at which it is due, settled before the first is sent. Its wait counts from
then until a reader has the outcome, so that whatever holds anything up counts for every event
that it delayed, and for the sender's own delays too.
"""

import secrets
import time
from threading import Event, Thread

import numpy as np
from confluent_kafka import Consumer, Producer, TopicPartition

from bench.candidate import Candidate, Place
from bench.load import PARTITIONS, create, events, fill, number_of
from bench.preloaded import Stage, judged
from bench.running import RUN_WITHIN_S, Running
from testbed.wait import until

WARM = 200  # events before the measured ones: until they are answered, it starts
PERCENTILES = {"p50_ms": 50, "p95_ms": 95, "p99_ms": 99, "max_ms": 100}


class Arrivals:
    """Reads both outcome topics beside the sender, and notes when each number came first."""

    def __init__(self, place: Place, records: int):
        self.seen = np.full(records, np.inf)  # monotonic seconds
        self._done = Event()
        self._consumer = Consumer(
            {"bootstrap.servers": place.servers, "group.id": "arrivals",
             "isolation.level": "read_committed", "enable.auto.commit": False}
        )  # fmt: skip
        topics = (place.output, place.deadletter)
        parts = [TopicPartition(name, n, 0) for name in topics for n in range(PARTITIONS)]
        self._consumer.assign(parts)
        self._thread = Thread(target=self._read, name="arrivals", daemon=True)

    def __enter__(self) -> "Arrivals":
        self._thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self._done.set()
        self._thread.join()
        self._consumer.close()

    def wait(self, first: int, last: int) -> None:
        """Until the numbers ``first`` to ``last`` - 1 have come; raises ``NotReached``."""
        until(
            lambda: np.isfinite(self.seen[first:last]).all(), within_s=RUN_WITHIN_S,
            what="an outcome of each event",
            describe=lambda: f"{np.isinf(self.seen[first:last]).sum()} are missing",
        )  # fmt: skip

    def _read(self) -> None:
        while not self._done.is_set():
            message = self._consumer.poll(0.1)
            if message is not None and message.error() is None:
                number, now = number_of(message.key()), time.monotonic()
                self.seen[number] = min(self.seen[number], now)


def measure(stage: Stage, candidate: Candidate, seconds: float, invalid: float) -> dict:
    """One run at the candidate's rate: percentiles of the wait in ms."""
    records = WARM + round(seconds * candidate.rate)
    source = f"bench.paced.{secrets.token_hex(4)}"
    create(stage.servers, source)
    place, load = stage.place(source), stage.expect(source, records, invalid)
    sent = list(events(records, invalid))
    with Running(candidate, place, stage.logs) as running, Arrivals(place, records) as arrivals:
        fill(stage.servers, source, sent[:WARM])
        arrivals.wait(0, WARM)
        due = _send(stage.servers, source, sent[WARM:], candidate.rate)
        arrivals.wait(WARM, records)
        running.await_committed()
        running.stop()
    found, _ = judged(place, load, candidate, records)
    waits = percentiles(arrivals.seen[WARM:], due)
    return {**waits, "rate": candidate.rate, "events": len(due), **found._asdict()}


def percentiles(seen: np.ndarray, due: np.ndarray) -> dict[str, float]:
    """Of the waits in ms, by the nearest rank, so that each is one that an event had."""
    waits = 1e3 * (seen - due)
    return {
        name: round(float(np.percentile(waits, share, method="inverted_cdf")), 1)
        for name, share in PERCENTILES.items()
    }


def _send(servers: str, topic: str, sent: list, rate: float) -> np.ndarray:
    """Send each event when it is due; gives those times in monotonic seconds."""
    producer = Producer({"bootstrap.servers": servers, "linger.ms": 0, "acks": "all"})
    producer.list_topics(topic, timeout=10.0)
    due = time.monotonic() + 0.2 + np.arange(len(sent)) / rate
    for moment, one in zip(due.tolist(), sent, strict=True):
        until(lambda moment=moment: time.monotonic() >= moment, within_s=60.0,
              what="the next event to be due", every_s=0.0005)  # fmt: skip
        producer.produce(topic, one.value, one.key)
        producer.poll(0)
    if producer.flush(30.0):
        raise SystemExit("the broker did not take all events")
    return due
