"""Service levels in figures: each counted by hand, and each limit is one of them."""

from math import inf

import pytest

from testbed.checker import levels
from testbed.checker.case import Case
from testbed.checker.levels import Delay
from testbed.limits import SERVICE_LEVELS
from tests.checker.story import Story
from tests.checker.twins import levels as twins


def figures(history) -> dict[str, float]:
    return levels.figures(Case(history))


def test_a_percentile_is_a_time_that_an_event_had_to_wait():
    told = levels.latency([Delay(seconds / 1000, 0.0) for seconds in range(1, 201)])
    assert told == {
        "latency_p50_ms": 100, "latency_p95_ms": 190, "latency_p99_ms": 198, "latency_max_ms": 200,
        "latency_events": 200,
    }  # fmt: skip


def test_an_event_without_an_answer_waited_for_ever():
    story = Story()
    story.mark("paced", begin=story.time + 2, every_s=1.0, lot=1, first=0, count=2)
    first = story.send()
    story.send()
    story.score(first)
    (one, other) = levels.delays(Case(story.history))
    assert (one.since_due, one.since_published) == (2, 2)
    assert (other.since_due, other.since_published) == (inf, inf)
    assert figures(story.history)["latency_max_ms"] == inf


def test_time_counts_from_when_an_event_was_due():
    """Not from when it was at last published: the schedule waits for nobody."""
    (first, *_) = levels.delays(Case(twins.steady(late_s=2.0, count=3)))
    assert (first.since_due, first.since_published) == (3, 1)


def test_events_of_one_lot_are_due_together():
    story = Story()
    story.mark("paced", begin=10.0, every_s=0.5, lot=2, first=3, count=5)
    assert levels.schedule(Case(story.history)) == {3: 10, 4: 10, 5: 10.5, 6: 10.5, 7: 11}


def test_a_backlog_lasts_from_the_start_until_it_counts_as_done():
    """Started at 5 and ready at 6, answered from 7 to 10, seen as done at 13."""
    assert figures(twins.backlog()) == {
        "backlog_events": 4, "backlog_s": 8, "backlog_per_s": round(4 / 6, 1),
    }  # fmt: skip


def test_what_is_published_after_the_start_is_no_backlog():
    story = Story()
    story.answer(story.send())
    assert figures(story.end()) == {}


def test_a_backlog_that_never_counts_as_done_takes_for_ever():
    assert figures(twins.backlog(committed={0: 2}))["backlog_s"] == inf


def test_recovery_counts_behind_the_session_of_the_member_that_was_killed():
    told = figures(twins.killed(silent_s=30.0))
    assert told["recovery_from_kill_s"] == 34
    assert told["recovery_s"] == 28
    assert told["caught_up_s"] > told["recovery_s"]


def test_a_service_that_never_comes_back():
    assert figures(twins.killed(silent_s=1.0, answered=False))["recovery_s"] == inf


def test_a_partition_without_a_commit_is_behind_by_all_it_had():
    assert levels.behind(Case(twins.backlog(committed={0: 1}))) == {0: 1, 1: 2}


@pytest.mark.parametrize("name", SERVICE_LEVELS)
def test_each_level_that_can_be_limited_is_measured_somewhere(name):
    told = [figures(make()) for make in (twins.steady, twins.backlog, twins.killed)]
    assert any(name in one for one in told)
