"""behave's model in this project's words: status, reason, rule, and who was asked for."""

from types import SimpleNamespace

import pytest
from behave.model_type import Status
from behave.parser import parse_feature

from testbed.errors import NotReached
from testbed.reporting import scenarios

TEXT = """
Feature: F
  Scenario: plain
    Given a
  @slow
  Rule: R
    Scenario Outline: many <what>
      Given <what>
      Examples:
        | what |
        | a    |
"""


@pytest.fixture
def feature():
    return parse_feature(TEXT, filename="features/f.feature")


@pytest.fixture
def plain(feature):
    return next(iter(feature.walk_scenarios()))


@pytest.fixture
def row(feature):
    return list(feature.walk_scenarios())[1]


def _end(scenario, status, error=None):
    step = scenario.steps[0]
    step.status, step.exception = status, error
    scenario.clear_status()


def test_the_rule_is_seen_through_an_outline(plain, row):
    assert scenarios.rule_of(row) == "R" and scenarios.rule_of(plain) == ""


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.passed, "passed"),
        (Status.failed, "failed"),
        (Status.error, "error"),
        (Status.undefined, "error"),
        (Status.pending, "error"),
        (Status.hook_error, "error"),
        (Status.skipped, "skipped"),
        (Status.untested, "skipped"),
    ],
)
def test_status(plain, status, expected):
    _end(plain, status)
    assert scenarios.status_of(plain) == expected


def test_a_broken_promise_wins_over_a_hook_that_broke_behind_it(plain):
    _end(plain, Status.failed, AssertionError("Promise broken"))
    plain.hook_failed, plain.error_message = True, "HOOK-ERROR"
    plain.set_status(Status.hook_error)
    assert scenarios.status_of(plain) == "failed"
    assert scenarios.reason_of(plain) == "Promise broken"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AssertionError("Promise broken: x\n1 breach"), "Promise broken: x\n1 breach"),
        (NotReached("Expected y", "none", "Look"), "Expected y. none. Look."),
        (KeyError("z"), "KeyError: 'z'"),
    ],
)
def test_the_reason_is_the_message_and_names_the_type_only_of_what_is_unforeseen(
    plain, error, expected
):
    _end(plain, Status.failed if isinstance(error, AssertionError) else Status.error, error)
    assert scenarios.reason_of(plain) == expected


def test_a_cleanup_that_broke_has_a_reason_too(plain):
    _end(plain, Status.passed)
    plain.set_status(Status.cleanup_error)
    assert scenarios.reason_of(plain) == scenarios.CLEANUP


def test_the_record_holds_all_that_behave_knows(row):
    _end(row, Status.error, NotReached("Expected y"))
    result = scenarios.result_of(row, history="h.jsonl")
    assert (result.feature, result.rule, result.status) == ("F", "R", "error")
    assert (result.place, result.tags) == ("features/f.feature:11", ["slow"])
    assert (result.reason, result.history) == ("Expected y.", "h.jsonl")


def test_only_what_has_neither_a_reason_nor_a_run_was_not_asked_for(plain):
    everything = SimpleNamespace(tag_expression=SimpleNamespace(check=lambda tags: True), name=None)
    nothing = SimpleNamespace(tag_expression=SimpleNamespace(check=lambda tags: False), name=None)
    assert not scenarios.deselected(plain, everything)
    assert scenarios.deselected(plain, nothing)
    plain.skip("no metrics")
    assert not scenarios.deselected(plain, nothing)
