"""A scenario ends when its time is up, and nothing but its steps is interrupted."""

import signal
import threading
import time

import pytest

from testbed import scenario_clock
from testbed.errors import BenchError
from testbed.scenario_clock import ScenarioClock
from testbed.wait import until

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs an alarm")
NEVER = threading.Event()


@pytest.fixture
def clock():
    """Of a scenario that has just begun and may take a twentieth of a second."""
    before = signal.getsignal(signal.SIGALRM)
    made = ScenarioClock(0.05)
    made.begin()
    yield made
    made.hold()
    signal.signal(signal.SIGALRM, before)


def test_a_step_that_waits_for_something_else_is_ended(clock):
    """Also where it does not poll; the message has the limit and its name."""
    began = time.monotonic()
    clock.run()
    with pytest.raises(BenchError, match=r"scenario to end within 0\.05 s") as caught:
        NEVER.wait(5)
    assert time.monotonic() - began < 1
    assert "timeout.scenario_s" in caught.value.next_step


def test_a_step_that_takes_it_for_its_own_wait_is_ended_all_the_same(clock, monkeypatch):
    """Some waits have a limit that is no error."""
    monkeypatch.setattr(scenario_clock, "AGAIN_S", 0.05)
    clock.run()
    with pytest.raises(BenchError, match="scenario"):
        until(lambda: NEVER.wait(5), within_s=5, what="the first")
    with pytest.raises(BenchError, match="scenario"):
        until(lambda: NEVER.wait(5), within_s=5, what="the second")


def test_the_next_step_has_what_the_first_left(clock):
    """The limit is of all waits together."""
    clock.run()
    clock.hold()
    until(lambda: time.monotonic() > clock._end, within_s=1, what="the time to be up")
    with pytest.raises(BenchError, match="scenario"):
        _run_and_wait(clock)


def _run_and_wait(clock):
    clock.run()
    NEVER.wait(5)


def test_between_two_steps_nothing_is_interrupted(clock):
    """behave would break off with a traceback."""
    clock.run()
    clock.hold()
    assert not NEVER.wait(0.1)


def test_another_thread_has_no_alarm():
    """Only the main thread hears signals."""
    said = []
    thread = threading.Thread(target=lambda: said.append(ScenarioClock(0.01).run()))
    thread.start()
    thread.join(5)
    assert said == [None]
