"""What the cluster shows of the agreed topics, whichever of its nodes is asked."""

from types import SimpleNamespace

import pytest

from testbed.topics import names
from testbed.world.agreement import Agreement

NAMES = names()


class Nodes:
    """Each look meets another node; the last one answers from then on."""

    answer_within_s = 0.05

    def __init__(self, *shown: dict):
        self._shown = list(shown)

    def partitions(self, *_names) -> dict:
        return self._shown.pop(0) if len(self._shown) > 1 else self._shown[0]


def agreement(*shown: dict) -> Agreement:
    made = Agreement(SimpleNamespace(topics=Nodes(*shown)))
    made._names = NAMES
    return made


def test_a_node_that_does_not_know_a_topic_yet_is_asked_again():
    agreement({}, {NAMES["input"]: 3}).expect_partitions("input", 3)


@pytest.mark.parametrize("shown", [{}, {NAMES["input"]: 2}])
def test_a_topic_that_is_not_there_or_differs_is_told(shown):
    with pytest.raises(AssertionError, match=f"got {shown.get(NAMES['input'])}"):
        agreement(shown).expect_partitions("input", 3)


def test_a_node_that_still_shows_a_deleted_topic_is_asked_again():
    agreement({NAMES["input"]: 3}, {}).expect_gone()


def test_a_topic_that_stays_is_told():
    with pytest.raises(AssertionError, match="Expected none of the topics"):
        agreement({NAMES["input"]: 3}).expect_gone()
