"""The six tests of the older guide in its own shape: do something, then wait for a fixed time.

Each works on the broker and the reference consumer as it describes, and lasts as long as it says.
It accepts what that suite accepts: 80 % of the predictions, some dead letter, and a client of its
own in place of a restarted consumer. ``bench/suite.py`` compares with it.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from testbed import models
from testbed.brokers import ports
from testbed.processes import spawn
from testbed.telco import customers
from testbed.wait import until

WITHIN_S = 10.0
INPUT, OUTPUT, DEADLETTER = "guide.customers", "guide.predictions", "guide.deadletter"
SEED, ENOUGH = 1, 40
TOKEN = "guide-shape"  # by which all of a process' family is found


class GuideShape:
    """The tests share a broker and their topics, as the guide's fixtures do."""

    def __init__(self, servers: str):
        self._base = {"bootstrap.servers": servers}
        self._fifty = [draft.value for draft in customers.fifty(SEED)]

    @property
    def tests(self) -> list[tuple[Callable[[], None], float]]:
        """Each with the seconds that the guide gives for it."""
        return [
            (self.connectivity, 1),
            (self.topics, 2),
            (self.publishing, 3),
            (self.end_to_end, 60),
            (self.dead_letters, 15),
            (self.resilience, 10),
        ]

    def run(self) -> dict[str, float]:
        """The seconds that each test took; raises ``AssertionError`` where one fails."""
        took = {}
        for test, lasts_s in self.tests:
            begun = time.monotonic()
            test()
            over = partial(lambda end: time.monotonic() >= end, begun + lasts_s)
            until(over, within_s=lasts_s + 1, what="the guide's own fixed wait")
            took[test.__name__] = round(time.monotonic() - begun, 3)
        return took

    def connectivity(self) -> None:
        """The cluster has a broker."""
        assert AdminClient(self._base).list_topics(timeout=WITHIN_S).brokers

    def topics(self) -> None:
        """Three topics with their partitions."""
        new = [NewTopic(INPUT, 3, 1), NewTopic(OUTPUT, 3, 1), NewTopic(DEADLETTER, 1, 1)]
        admin = AdminClient(self._base)
        for future in admin.create_topics(new).values():
            future.result(WITHIN_S)

    def publishing(self) -> None:
        """Fifty messages are acknowledged."""
        self._publish(self._fifty)

    def end_to_end(self) -> None:
        """At least forty predictions for fifty events."""
        with tempfile.TemporaryDirectory() as folder:
            service = self._service(Path(folder) / "consumer.log")
            try:
                seen = self._read(OUTPUT, ENOUGH)
                self._publish([b"{}", b"not json"])
                assert self._read(DEADLETTER, 1)
            finally:
                service.terminate()
                service.wait(WITHIN_S)
                service.kill()
        assert len(seen) >= ENOUGH
        assert all(json.loads(one)["prediction"] in (0, 1) for one in seen[:5])

    def dead_letters(self) -> None:
        """There is some dead letter, and it names its reason."""
        assert all("error_type" in json.loads(one) for one in self._read(DEADLETTER, 1))

    def resilience(self) -> None:
        """A client of the test's own takes ten, closes, and its successor goes on behind them."""
        first = self._read(INPUT, 10, "guide-resilience")
        second = self._read(INPUT, 15, "guide-resilience")
        assert first
        assert not set(first) & set(second)

    def _publish(self, values: list[bytes]) -> None:
        producer = Producer(self._base)
        for value in values:
            producer.produce(INPUT, value)
        assert producer.flush(WITHIN_S) == 0

    def _read(self, topic: str, count: int, group: str = "guide") -> list[bytes]:
        consumer = Consumer(
            self._base
            | {"group.id": f"{group}-{topic}", "auto.offset.reset": "earliest"}
            | {"enable.auto.commit": False, "session.timeout.ms": 6000}
        )
        consumer.subscribe([topic])
        seen, end = [], time.monotonic() + WITHIN_S
        while len(seen) < count and time.monotonic() < end:
            seen += [one for one in consumer.consume(count - len(seen), 0.2) if not one.error()]
        if seen:
            consumer.commit(asynchronous=False)
        consumer.close()
        return [one.value() for one in seen]

    def _service(self, log: Path):
        files = models.standard(models.ensure())
        words = [sys.executable, "-m", "consumer", "--bootstrap-servers",
                 self._base["bootstrap.servers"], "--input-topic", INPUT,
                 "--output-topic", OUTPUT, "--deadletter-topic", DEADLETTER,
                 "--group-id", "guide-service", "--model-path", str(files.skops),
                 "--metrics-port", str(ports.next_own())]  # fmt: skip
        return spawn(words, env=None, cwd=models.ROOT, log=log, token=TOKEN)
