"""The first screen says what broke, for whom, what was skipped, and how it went before."""

import pytest

from testbed.reporting.overview import SHOWN_RUNS, broken_in, overview
from testbed.reporting.record import PromiseResult, ScenarioResult
from testbed.reporting.runs import Run
from testbed.reporting.summary import RunFacts, summarize

LOST = PromiseResult(promise="no-loss", title="No event is lost", verdict="BROKEN",
                     reason="Promise broken: No event is lost\n  customer 7")  # fmt: skip
HELD = PromiseResult(promise="x", title="Another", verdict="HELD", examined=3)


def _result(name="S", status="passed", **more) -> ScenarioResult:
    return ScenarioResult(feature="F", file="features/f.feature", rule="R", scenario=name,
                          status=status, **more)  # fmt: skip


def _view(*results, runs=(), **facts):
    told = RunFacts(**{"consumer": "their-scorer --fast", "broker": "Kafka"} | facts)
    return overview(summarize(list(results), told), list(results), list(runs))


def test_a_broken_promise_is_the_headline_with_the_consumer_and_the_scenarios():
    view = _view(_result("A", "failed", promises=[LOST, HELD]), _result("B", "failed",
                 promises=[LOST]), _result("C", promises=[HELD]))  # fmt: skip
    assert (view.headline, view.tone, view.consumer) == (
        "1 promise broken", "bad", "their-scorer --fast")  # fmt: skip
    (broken,) = view.broken
    assert broken.title == "No event is lost" and [one.scenario for one in broken.results] == [
        "A", "B"]  # fmt: skip
    assert broken.story == LOST.reason.splitlines()
    assert view.counted == "3 scenarios: 1 passed, 2 failed"


def test_a_failure_that_names_no_promise_is_told_by_its_expectation():
    view = _view(_result("A", "failed", reason="Expected 50 predictions, got 49\nmore"))
    assert view.headline == "1 expectation broken"
    assert view.broken[0].title == "Expected 50 predictions, got 49"
    assert view.broken[0].story == ["Expected 50 predictions, got 49", "more"]


def test_each_promise_has_its_own_story_and_not_another_s():
    late = PromiseResult(promise="p", title="A bad event delays no other", verdict="BROKEN",
                         reason="Promise broken: A bad event delays no other")  # fmt: skip
    found = broken_in([_result("A", "failed", reason=LOST.reason, promises=[LOST, late])])
    assert [one.story[0] for one in found] == [LOST.reason.splitlines()[0], late.reason]


def test_what_a_scenario_that_did_not_fail_says_is_not_broken():
    assert broken_in([_result("A", "error", promises=[LOST]), _result("B")]) == []


@pytest.mark.parametrize(
    ("results", "facts", "headline", "tone"),
    [
        ([_result(promises=[HELD])], {}, "1 promise asked, all kept", "good"),
        ([_result()], {}, "Everything passed", "good"),
        ([_result(status="error")], {}, "No verdict: the bench was in trouble", "unsure"),
        ([_result()], {"interrupted": True}, "Interrupted before the verdict", "unsure"),
        ([], {"bench_error": "no broker"}, "No verdict: the bench was in trouble", "unsure"),
    ],
)
def test_other_ends_are_told_apart(results, facts, headline, tone):
    view = _view(*results, **facts)
    assert (view.headline, view.tone) == (headline, tone) and view.broken == []


def test_what_was_skipped_is_told_with_its_reason_and_how_often():
    view = _view(*(_result(str(n), "skipped", reason="no metrics") for n in range(3)),
                 _result("4", "skipped", reason="no proxy"), _result())  # fmt: skip
    assert view.skipped == [("no metrics", 3), ("no proxy", 1)] and view.all_skipped == 4


def test_the_trend_shows_the_last_runs_the_newest_last():
    runs = [Run(at=n, status="PASSED", duration_s=10) for n in range(SHOWN_RUNS + 5)]
    runs.append(Run(at=99, status="FAILED", duration_s=20, broken=["No event is lost"]))
    trend = _view(_result(), runs=runs).trend
    assert len(trend) == SHOWN_RUNS and [one.tone for one in trend[-2:]] == ["good", "bad"]
    assert trend[-1].height == 2 * trend[-2].height and "No event is lost" in trend[-1].told


def test_facts_without_a_value_are_left_out():
    names = [name for name, _ in _view(_result(), broker="").facts]
    assert "Broker" not in names and "Trouble" not in names and "Seed" in names
