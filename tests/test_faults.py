"""A fault comes alone, and while there is work."""

from types import SimpleNamespace

import pytest

from testbed.errors import BenchError, NotReached
from testbed.faults import await_open_work, expect_connected, recorded
from testbed.history import Checkpoint, Fault, History


def pipeline(*committed: int, within_s: float = 5.0):
    """One partition with ten events; the group's commit at each look, the last one for ever."""
    looks = [Checkpoint(reason="live", committed={0: done}, ends={}, input_ends={0: 10})
             for done in committed]  # fmt: skip
    group = SimpleNamespace(checkpoint=lambda _: looks.pop(0) if len(looks) > 1 else looks[0])
    limits = SimpleNamespace(fault_bites_s=within_s)
    return SimpleNamespace(history=History(), group=group, limits=limits)


def test_a_fault_waits_for_work():
    """A quick service may have done everything just then; the load goes on."""
    assert await_open_work(pipeline(10, 10, 7)) == 3


def test_a_service_without_work_meets_no_fault():
    with pytest.raises(NotReached, match="Expected events that do not count as done yet"):
        await_open_work(pipeline(10, within_s=0.05))


def test_one_fault_at_a_time():
    """Also where the first one ended with an error; the next one may come."""
    bench = pipeline(0)
    with pytest.raises(BenchError, match="Two faults at once: 'kill' while 'broker freeze' is on"):
        one_within_the_other(bench)
    with recorded(bench, "kill"):
        pass
    assert [(one.name, one.phase) for one in bench.history.of(Fault)] == [
        ("broker freeze", "begin"), ("broker freeze", "end"), ("kill", "begin"), ("kill", "end"),
    ]  # fmt: skip


def one_within_the_other(bench) -> None:
    with recorded(bench, "broker freeze"), recorded(bench, "kill"):
        pytest.fail("two faults at once")


@pytest.mark.parametrize(("name", "away"), [("network reset", True), ("resize to 2", False)])
def test_the_service_is_started_and_stopped_on_a_sound_line_only(name, away):
    """What an operator does himself is no hindrance."""
    bench = pipeline(0)
    bench.history.append(Fault(name=name, phase="begin"))
    if away:
        with pytest.raises(BenchError, match="A fault during the start: 'network reset' is on"):
            expect_connected(bench.history, "the start")
    else:
        expect_connected(bench.history, "the start")
