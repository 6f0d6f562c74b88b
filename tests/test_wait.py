"""The one poll loop."""

import pytest

from testbed.errors import NotReached
from testbed.wait import until


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def pause(self, seconds):
        self.now += seconds


def test_the_value_is_returned_as_soon_as_it_is_there():
    """No time passes when the condition holds at once."""
    clock = Clock()
    assert until(lambda: 7, within_s=1, what="x", clock=clock, pause=clock.pause) == 7
    assert clock.now == 0


def test_the_last_state_is_told_and_not_the_first():
    """``describe`` is called when the wait has failed."""
    clock, seen = Clock(), []
    with pytest.raises(NotReached, match=r"Expected x within 1 s\. last seen: 5"):
        until(
            lambda: seen.append(1), within_s=1, what="x", describe=lambda: len(seen),
            every_s=0.25, clock=clock, pause=clock.pause,
        )  # fmt: skip


def test_a_condition_that_comes_at_the_last_moment_counts():
    """It is looked at once more when the time is over."""
    clock = Clock()
    assert until(lambda: clock.now >= 1, within_s=1, what="x", clock=clock, pause=clock.pause)
