"""What stands in the way of whoever takes over, as a real broker shows it."""

import secrets

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from testbed import clients
from testbed.history import History
from testbed.observers.group import GroupObserver
from testbed.observers.questions import Questions
from testbed.topics import PARTITIONS, Topics, names
from testbed.wait import until

STEP_S = 30.0


@pytest.fixture
def observer(broker):
    """Of a group that nobody is in, with topics of its own."""
    token = secrets.token_hex(4)
    topics, partitions = names(token), dict(PARTITIONS)
    admin = clients.admin(broker)
    Topics(admin, STEP_S).create({topics[role]: count for role, count in partitions.items()})
    questions = Questions(lambda: clients.admin(broker))
    return GroupObserver(questions, f"group-{token}", topics, partitions, History())


@pytest.fixture
def member(broker, observer):
    """The one member of the group, with one offset committed."""
    servers = {"bootstrap.servers": broker.bootstrap_servers}
    consumer = Consumer(servers | {"group.id": observer.name, "enable.auto.commit": False})
    consumer.subscribe([observer._topics["input"]])
    until(lambda: consumer.poll(0.1) or consumer.assignment(), within_s=STEP_S, what="partitions")
    consumer.commit(offsets=[place(observer, 0, 3)], asynchronous=False)
    yield consumer
    consumer.close()


def place(observer, partition: int, offset: int) -> TopicPartition:
    return TopicPartition(observer._topics["input"], partition, offset)


def transaction(broker) -> Producer:
    name = {"transactional.id": f"tests-{secrets.token_hex(4)}"}
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers} | name)
    producer.init_transactions(STEP_S)
    producer.begin_transaction()
    return producer


def test_offsets_of_an_open_transaction_stand_in_the_way_by_themselves(broker, observer, member):
    """Before any outcome is out: whoever takes the partition over is not told where to begin."""
    producer = transaction(broker)
    offsets = [place(observer, 0, 5), place(observer, 2, 9)]
    producer.send_offsets_to_transaction(offsets, member.consumer_group_metadata(), STEP_S)
    assert observer.unstable() == {("input", 0, 3), ("input", 2, 0)}
    assert observer.committed() == {0: 3}
    producer.commit_transaction(STEP_S)
    until(lambda: not observer.unstable(), within_s=STEP_S, what="nothing in the way")
    assert observer.committed() == {0: 5, 2: 9}


def test_outcomes_of_an_open_transaction_stand_in_the_way(broker, observer):
    """Until it is aborted, or committed."""
    producer = transaction(broker)
    producer.produce(observer._topics["predictions"], b"{}", partition=1)
    producer.flush(STEP_S)
    assert observer.unstable() == {("predictions", 1, 0)}
    producer.abort_transaction(STEP_S)
    until(lambda: not observer.unstable(), within_s=STEP_S, what="nothing in the way")
