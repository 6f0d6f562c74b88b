"""The suite's own Kafka clients, configured in one place."""

from contextlib import suppress
from pathlib import Path

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from testbed.brokers.protocol import Handover
from testbed.wait import until

SETTLE_S = 2.0  # of a broker that answers at all
READER_GROUP = "testbed-reader"  # librdkafka wants a name; the reader joins no group


def admin(broker: Handover) -> AdminClient:
    """A client for topics, groups and offsets, which knows its brokers by their names.

    librdkafka drops its first connection with the first answer, and what was asked over it.
    """
    client = AdminClient(_base(broker))
    with suppress(KafkaException):  # whoever asks next is told what is wrong
        for _ in range(2):
            client.list_topics(timeout=SETTLE_S)
    return client


def producer(broker: Handover, **more) -> Producer:
    """An idempotent producer that the broker's own size limit rules, not the client's."""
    return Producer(
        _base(broker)
        | {
            "enable.idempotence": True,
            "linger.ms": 5,
            "message.max.bytes": 100_000_000,
            "queue.buffering.max.messages": 500_000,
            "queue.buffering.max.kbytes": 1_000_000,
        }
        | more
    )


def reader(broker: Handover) -> Consumer:
    """A read_committed consumer for explicit assignment: a member of no group."""
    return Consumer(
        _base(broker)
        | {
            "group.id": READER_GROUP,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "fetch.queue.backoff.ms": 5,
            # The end of a transaction wakes no waiting fetch: ask often.
            "fetch.wait.max.ms": 25,
            "fetch.message.max.bytes": 10_000_000,
        }
    )


def read_properties(path: str) -> dict[str, str]:
    """Client properties, one ``key=value`` a line; blank lines and ``#`` comments are skipped."""
    lines = (line.strip() for line in Path(path).read_text("utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in pairs}


def _base(broker: Handover) -> dict:
    more = read_properties(broker.client_config_path) if broker.client_config_path else {}
    return {
        "bootstrap.servers": broker.bootstrap_servers,
        # A broker that comes back is found again at once, not after the default ten seconds.
        "reconnect.backoff.max.ms": 500,
        "metadata.recovery.strategy": "none",
        "error_cb": lambda _error: None,
        "log_level": 0,
    } | more


def read_topic(
    broker: Handover, topic: str, ends: dict[int, int], within_s: float
) -> list[Message]:
    """Every record of a topic up to ``ends`` (partition -> end offset), as stored.

    Raises ``NotReached`` where the topic does not give them within the limit.
    """
    consumer = reader(broker)
    reached = dict.fromkeys(ends, 0)
    found: list[Message] = []
    consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in ends])

    def take() -> bool:
        for message in consumer.consume(1000, 0.05):
            if message.error() is None:
                found.append(message)
                reached[message.partition()] = message.offset() + 1
            elif message.error().code() == KafkaError._PARTITION_EOF:
                reached[message.partition()] = message.offset()
        return all(reached[p] >= end for p, end in ends.items())

    try:
        until(take, within_s=within_s, what=f"all records of {topic}", describe=lambda: reached)
    finally:
        consumer.close()
    return found
