"""Who leads what, as any node's metadata tell it."""

from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError, KafkaException

from testbed.observers.placement import NOBODY, Placement


class Client:
    """Tells leader and copies in step of each partition, or nothing in time."""

    def __init__(self, *partitions: tuple[int, list[int]]):
        self._partitions = {
            number: SimpleNamespace(leader=leader, isrs=isrs)
            for number, (leader, isrs) in enumerate(partitions)
        }

    def list_topics(self, topic: str, timeout: float):
        if not self._partitions:
            raise KafkaException(KafkaError(KafkaError._TRANSPORT))
        return SimpleNamespace(topics={topic: SimpleNamespace(partitions=self._partitions)})


def test_it_tells_leaders_and_the_least_copies():
    placement = Placement(Client((2, [1, 2, 3]), (3, [3, 2]), (2, [2, 1, 3])), 1.0)
    assert placement.leader("t") == 2
    assert placement.leader("t", 1) == 3
    assert placement.led_by("t", 2) == [0, 2]
    assert placement.in_step("t") == 2


@pytest.mark.parametrize("client", [Client(), Client((NOBODY, []))])
def test_no_leader_and_no_answer_are_nobody(client):
    """Whoever waits asks again."""
    placement = Placement(client, 1.0)
    assert placement.leader("t") == placement.leader("t", 7) == NOBODY
    assert placement.in_step("t") == 0
