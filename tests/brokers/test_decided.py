"""Transactions that were decided when their broker crashed keep what was decided.

A lone node that leads its partitions without being reachable for itself forgets some: one crash
in two left lines on skipped markers in its log, and one in ten a transaction in pieces.
"""

import secrets
import threading
from collections import Counter

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from testbed import clients
from testbed.wait import until

PARTITIONS = 40  # each needs a marker: a decision takes some milliseconds to be carried out
SENDERS, CRASHES, EACH = 5, 3, 3
WITHIN_S = 60.0
TIMEOUT_MS = 3_000  # of a transaction


class Sender(threading.Thread):
    """Publishes one message a partition in each transaction, and goes on over every crash."""

    def __init__(self, broker, topic: str, number: int):
        super().__init__(daemon=True)
        self._name, self._broker, self._topic = f"{topic}-{number}", broker, topic
        self.stopping = threading.Event()
        self.committed: set[str] = set()  # whose commit was acknowledged
        self.refused: set[str] = set()  # whose end was none, or an abort
        self._turn = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._publish(self._producer())
            except (KafkaException, BufferError):
                continue  # with a new client, which takes the transactional id over

    def _producer(self):
        own = {"transactional.id": self._name, "transaction.timeout.ms": TIMEOUT_MS}
        producer = clients.producer(self._broker, **own)
        producer.init_transactions(WITHIN_S)
        return producer

    def _publish(self, producer) -> None:
        while not self.stopping.is_set():
            self._turn += 1
            name = f"{self._name}-{self._turn}"
            producer.begin_transaction()
            for partition in range(PARTITIONS):
                producer.produce(self._topic, name.encode(), partition=partition)
            if self._turn % 3 == 0:
                self.refused.add(name)
                if producer.flush(1.0):  # what may be stored unheard needs another client's abort
                    return
                producer.abort_transaction(WITHIN_S)
            else:
                producer.commit_transaction(WITHIN_S)
                self.committed.add(name)


@pytest.fixture
def topic(broker) -> str:
    name = f"decided-{secrets.token_hex(4)}"
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    admin.create_topics([NewTopic(name, PARTITIONS, 1)])[name].result(WITHIN_S)
    return name


def crash_at_work(embedded, senders: list[Sender]) -> None:
    """As soon as each may have decided on a few more."""
    before = sum(len(one.committed) for one in senders)
    until(
        lambda: sum(len(one.committed) for one in senders) >= before + EACH * SENDERS,
        within_s=WITHIN_S, what="transactions to be committed",
    )  # fmt: skip
    embedded.restart(clean=False)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_decision_outlives_a_crash(embedded, broker, topic):
    """Every transaction shows as a whole or not at all, as its sender was told."""
    said = embedded._node.log.stat().st_size
    senders = [Sender(broker, topic, number) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _ in range(CRASHES):
        crash_at_work(embedded, senders)
    for sender in senders:
        sender.stopping.set()
        sender.join(WITHIN_S)
    for number in range(SENDERS):  # ends whatever a sender had left open
        heir = Sender(broker, topic, number)
        heir._producer()
    seen = Counter(message.value().decode() for message in read(broker, topic))
    assert set(seen.values()) == {PARTITIONS}
    assert set().union(*(one.committed for one in senders)) <= set(seen)
    assert not set(seen) & set().union(*(one.refused for one in senders))
    with embedded._node.log.open("rb") as log:
        log.seek(said)
        assert b"likely deleted" not in log.read()


def read(broker, topic: str) -> list:
    """All that is visible to those who read committed messages only."""
    reader = clients.reader(broker)
    places = clients.TopicPartition
    ends = {
        p: reader.get_watermark_offsets(places(topic, p), WITHIN_S)[1] for p in range(PARTITIONS)
    }
    reader.close()
    return clients.read_topic(broker, topic, ends, WITHIN_S)
