"""The pulse tells ready from alive from stuck."""

import pytest

from consumer.pulse import HUNG_S, STUCK_S, Pulse


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pulse(clock) -> Pulse:
    """Of a consumer that runs and is a member."""
    pulse = Pulse(clock)
    pulse.runs()
    pulse.regrouped()
    return pulse


def test_it_is_starting_until_it_runs_and_is_a_member(clock):
    """Alive all the while, however long the model takes."""
    pulse = Pulse(clock)
    clock.now += HUNG_S + 1
    assert (pulse.state, pulse.alive, pulse.ready) == ("starting", True, False)
    pulse.runs()
    assert pulse.state == "starting"
    pulse.regrouped()
    pulse.beat()
    assert (pulse.state, pulse.alive, pulse.ready) == ("ready", True, True)


def test_an_idle_consumer_stays_ready(pulse, clock):
    """Without work there is nothing to finish."""
    clock.now += STUCK_S + 1
    pulse.beat()
    assert pulse.ready


def test_work_that_is_not_finished_makes_it_stuck(pulse, clock):
    """However often it tries; alive, for the cause may be elsewhere. Any progress heals it."""
    pulse.took()
    clock.now += STUCK_S - 1
    pulse.took()
    assert pulse.ready
    clock.now += 2
    pulse.beat()
    assert (pulse.state, pulse.alive, pulse.ready) == ("stuck", True, False)
    pulse.finished()
    assert pulse.ready


def test_work_that_went_to_another_member_is_not_missed(pulse, clock):
    """After a rebalance the time counts anew."""
    pulse.took()
    pulse.regrouped()
    clock.now += STUCK_S + 1
    pulse.beat()
    assert pulse.ready


def test_a_loop_without_a_sign_of_life_is_hung(pulse, clock):
    """Only then a restart helps."""
    clock.now += HUNG_S + 1
    assert (pulse.state, pulse.alive, pulse.ready) == ("hung", False, False)
    pulse.beat()
    assert pulse.ready


def test_one_that_stops_takes_no_more_work(pulse):
    """Alive, and not ready."""
    pulse.stops()
    assert (pulse.state, pulse.alive, pulse.ready) == ("stopping", True, False)
