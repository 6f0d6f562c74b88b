"""What a broker says about a group, asked in Kafka's own protocol."""

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from testbed.brokers import coordinator


@pytest.fixture(scope="module")
def group(broker) -> tuple[str, str]:
    """A topic, and a group that has committed two of its three partitions."""
    topic = name = "plain-questions"
    servers = {"bootstrap.servers": broker.bootstrap_servers}
    admin = AdminClient(servers)
    admin.create_topics([NewTopic(topic, 3, 1)])[topic].result(30)
    consumer = Consumer(servers | {"group.id": name, "enable.auto.commit": False})
    offsets = [
        TopicPartition(topic, 0, 7, metadata="some words"),
        TopicPartition(topic, 2, 1 << 40),
    ]
    consumer.commit(offsets=offsets, asynchronous=False)
    consumer.close()
    return topic, name


def test_committed_offsets_are_told_and_no_others(broker, group):
    """Past a first server that nobody listens on."""
    topic, name = group
    servers = f"127.0.0.1:1,{broker.bootstrap_servers}"
    assert coordinator.committed(servers, name, topic, 3, 5) == {0: 7, 2: 1 << 40}
    assert coordinator.committed(servers, "nobody", topic, 3, 5) == {}


def test_no_answer_is_an_error():
    with pytest.raises(OSError, match="No broker names"):
        coordinator.committed("127.0.0.1:1", "g", "t", 3, 1)
