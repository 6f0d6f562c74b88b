"""What the records of a run say about a consumer."""

import pytest

from testbed.proof.consumers import Honest, Saboteur
from testbed.proof.judging import FIGURE, Result, judge_honest, judge_saboteur
from testbed.reporting.record import PromiseResult, ScenarioResult


def saboteur(**more) -> Saboteur:
    return Saboteur(
        **{
            "name": "s", "group": "g", "sin": "sins", "caught_by": ("no-loss",),
            "also": ("stays-up",), "where": ("a: b",), "command": ("x",),
        }
        | more
    )  # fmt: skip


def scenario(*broken: str, status: str = "", **more) -> ScenarioResult:
    promises = [PromiseResult(promise=slug, title=slug, verdict="BROKEN") for slug in broken]
    promises.append(PromiseResult(promise="right-score", title="t", verdict="HELD", examined=1))
    return ScenarioResult(
        feature="f", file="f.feature", scenario="s",
        status=status or ("failed" if broken else "passed"), promises=promises, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ran", "result"),
    [
        ([scenario("no-loss")], Result.CAUGHT),
        ([scenario("no-loss", "stays-up")], Result.CAUGHT),
        ([scenario(), scenario("no-loss")], Result.CAUGHT),
        ([scenario("stays-up")], Result.BY_ANOTHER),
        ([scenario(status="failed")], Result.BY_ANOTHER),
        ([scenario("no-loss", "right-score")], Result.UNRELATED),
        ([scenario("right-score")], Result.UNRELATED),
        ([scenario()], Result.MISSED),
        ([scenario(), scenario(status="error")], Result.NO_VERDICT),
        ([scenario(status="skipped")], Result.NO_VERDICT),
        ([], Result.NO_VERDICT),
    ],
)
def test_a_saboteur_is_caught_for_its_own_sin_or_not(ran, result):
    """Only the promise named, without any that the sin cannot break, is a catch."""
    row = judge_saboteur(saboteur(), ran, 1.0, "")
    assert row.result is result
    assert row.green == (result in (Result.CAUGHT, Result.BY_ANOTHER))


def test_all_promises_that_it_names_must_break():
    """One of two is not enough."""
    both = saboteur(caught_by=("no-loss", "never-both"))
    assert judge_saboteur(both, [scenario("no-loss")], 1.0, "").result is Result.BY_ANOTHER
    ran = [scenario("no-loss"), scenario("never-both")]
    assert judge_saboteur(both, ran, 1.0, "").result is Result.CAUGHT


def test_it_says_why_it_was_not_caught():
    """What was unforeseen, or what a scenario said, stands in the row."""
    assert "right-score" in judge_saboteur(saboteur(), [scenario("right-score")], 1.0, "").why
    row = judge_saboteur(saboteur(), [scenario(status="error", reason="no broker")], 1.0, "")
    assert "no broker" in row.why
    assert judge_saboteur(saboteur(), [], 1.0, "").why == "no scenario ran"


@pytest.mark.parametrize(
    ("ran", "result"),
    [
        ([scenario(), scenario(status="skipped")], Result.PASSED),
        ([scenario(), scenario("no-loss")], Result.FALSE_ALARM),
        ([scenario(), scenario(status="failed")], Result.FALSE_ALARM),
        ([scenario(), scenario(status="error")], Result.NO_VERDICT),
        ([scenario(status="skipped")], Result.NO_VERDICT),
        ([], Result.NO_VERDICT),
    ],
)
def test_an_honest_consumer_passes_or_there_is_a_false_alarm(ran, result):
    """Any red scenario is one; where nothing ran nothing is proven."""
    row = judge_honest(Honest(name="h", what="honest"), ran, 1.0, "")
    assert row.result is result
    assert row.green == (result is Result.PASSED)


def test_it_tells_in_which_scenarios_a_promise_broke():
    """A red scenario without a broken promise counts as a figure."""
    ran = [scenario("no-loss"), scenario("no-loss", "stays-up"), scenario(status="failed")]
    broken = judge_saboteur(saboteur(), ran, 1.0, "").broken
    assert broken == {"no-loss": ["s", "s"], "stays-up": ["s"], FIGURE: ["s"]}
