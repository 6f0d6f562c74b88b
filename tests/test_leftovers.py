"""A run takes away what it made, and nothing else."""

from concurrent.futures import Future

import pytest
from confluent_kafka import KafkaError, KafkaException

from testbed.errors import BenchError
from testbed.leftovers import Leftovers


class Admin:
    """Refuses a group as often as told, and counts how often each was asked for."""

    def __init__(self, **refusals: list[int]):
        self._refusals, self.asked = refusals, []

    def delete_consumer_groups(self, names, request_timeout):
        self.asked += names
        return {name: self._answer(name) for name in names}

    def _answer(self, name: str) -> Future:
        future: Future = Future()
        left = self._refusals.get(name)
        if left:
            future.set_exception(KafkaException(KafkaError(left.pop(0))))
        else:
            future.set_result(None)
        return future


class Topics:
    made: set = frozenset({"ours"})

    def __init__(self):
        self.deleted = []

    def delete(self, *names):
        self.deleted += names


def made(admin, *groups) -> Leftovers:
    leftovers = Leftovers(admin, Topics(), 0.3)
    for group in groups:
        leftovers.note_group(group)
    return leftovers


def test_only_what_is_known_as_its_own_is_deleted():
    admin = Admin()
    leftovers = made(admin, "one", "two")
    leftovers.delete_topics()
    leftovers.delete_groups(0)
    assert leftovers._topics.deleted == ["ours"]
    assert sorted(admin.asked) == ["one", "two"]


def test_without_any_nothing_is_asked():
    admin = Admin()
    made(admin).delete_groups(0)
    assert admin.asked == []


def test_a_group_with_a_member_that_was_killed_is_tried_until_its_session_ends():
    admin = Admin(one=[KafkaError.NON_EMPTY_GROUP] * 2)
    made(admin, "one").delete_groups(session_s=5)
    assert admin.asked == ["one"] * 3


def test_a_group_that_never_came_to_be_is_no_trouble():
    admin = Admin(one=[KafkaError.GROUP_ID_NOT_FOUND])
    made(admin, "one").delete_groups(0)
    assert admin.asked == ["one"]


def test_what_cannot_be_deleted_is_named():
    admin = Admin(one=[KafkaError.NON_EMPTY_GROUP] * 50)
    with pytest.raises(BenchError, match="left on the cluster") as caught:
        made(admin, "one", "two").delete_groups(0)
    assert "one" in caught.value.cause
    assert "two" not in caught.value.cause
