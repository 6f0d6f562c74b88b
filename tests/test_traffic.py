"""A load in bursts, then a trickle, and never more than there is."""

import time
from types import SimpleNamespace

import pytest

from testbed import traffic
from testbed.errors import BenchError, NotReached
from testbed.history import History
from testbed.traffic import Traffic
from testbed.wait import until


class Pipeline:
    """Publishes by counting; answers all at once, or nothing."""

    def __init__(self):
        self.lots: list[int] = []
        self.reader = SimpleNamespace(count=0)
        self.limits = SimpleNamespace(
            stalled_s=0.2, outcomes_s=30, lost_answer_s=0, open_transaction_s=0
        )
        self.fleet, self.history = SimpleNamespace(running=lambda: ["one"]), History()

    def publish(self, drafts: list, phase: str) -> None:
        assert phase == "load"
        self.lots.append(len(drafts))


@pytest.fixture
def quick(monkeypatch):
    """Neither bursts nor trickle wait."""
    monkeypatch.setattr(traffic, "BURST_EVERY_S", 0.0)
    monkeypatch.setattr(traffic, "TRICKLE_EVERY_S", 0.0)


def run_out(pipeline: Pipeline, events: int) -> Traffic:
    with Traffic(pipeline, [object()] * events) as load:
        until(lambda: sum(pipeline.lots) == events, within_s=5, what="the load to run out")
    return load


@pytest.mark.parametrize("events", [500, 510, 30])
def test_what_was_published_is_what_there_was(quick, events):
    """Also where the last lot is a smaller one: the others are waited for no longer than that."""
    pipeline = Pipeline()
    load = run_out(pipeline, events)
    assert (load.published, load.left) == (events, 0)
    pipeline.reader.count = events
    load.await_progress()


def test_the_load_is_half_and_comes_in_bursts(quick):
    """The other half is a trickle."""
    pipeline = Pipeline()
    run_out(pipeline, 500)
    assert pipeline.lots[:3] == [100, 100, 50]
    assert max(pipeline.lots[3:]) <= traffic.TRICKLE


@pytest.mark.parametrize("spare", [200, 5000])
def test_the_trickle_outlasts_a_consumer_that_starts_slowly(spare):
    """JVMs on a busy machine, and sessions of members that left without a word, several times."""
    left, lasted_s = spare, 0.0
    while left:
        lot, pause_s = traffic.thinning(left)
        assert 0 < lot <= left
        left, lasted_s = left - lot, lasted_s + pause_s
    assert lasted_s > 300


def test_the_trickle_is_a_busy_one_at_first():
    """A hundred a second while there is plenty."""
    assert traffic.thinning(5000) == (traffic.TRICKLE, traffic.TRICKLE_EVERY_S)


def test_nothing_more_is_published_behind_an_error(monkeypatch):
    """A broker that is gone for good would be offered each lot for half a minute."""
    monkeypatch.setattr(traffic, "BURST_EVERY_S", 60.0)
    pipeline = Pipeline()
    load = Traffic(pipeline, [object()] * 2000)
    with pytest.raises(BenchError), load:
        raise at_work(pipeline)
    assert pipeline.lots == [100]


def at_work(pipeline: Pipeline) -> BenchError:
    """What a step raises when the first lot is out."""
    until(lambda: pipeline.lots, within_s=5, what="the first lot")
    return BenchError("The broker is gone")


@pytest.mark.parametrize(("running", "stalled_s"), [([], 20), (["one"], 0.6)])
def test_nobody_waits_for_one_that_is_gone_or_stuck(quick, running, stalled_s):
    """It would be for nothing, again and again."""
    pipeline = Pipeline()
    pipeline.limits.stalled_s = stalled_s
    pipeline.fleet.running = lambda: running
    begun = time.monotonic()
    with Traffic(pipeline, [object()] * 100) as load:
        load.await_answers(share=0.5)
    assert traffic.LAST_ANSWER_S < time.monotonic() - begun < 10


def test_what_goes_wrong_while_publishing_is_raised_at_the_end(quick):
    """A thread has no caller."""
    pipeline = Pipeline()
    pipeline.publish = lambda drafts, phase: 1 / 0
    with pytest.raises(ZeroDivisionError), Traffic(pipeline, [object()] * 40):
        pass


def test_a_load_on_hold_waits_and_then_goes_on(quick):
    """Leaving it ends a hold too, and publishes the rest of the load."""
    pipeline = Pipeline()
    load = Traffic(pipeline, [object()] * 400)
    load.hold()
    with load:
        with pytest.raises(NotReached):
            until(lambda: pipeline.lots, within_s=0.2, what="a lot in spite of the hold")
        load.go_on()
        until(lambda: sum(pipeline.lots) == 400, within_s=5, what="the load to go on")
    held = Traffic(pipeline, [object()] * 400)
    held.hold()
    with held:
        pass
    assert held.published >= 200
