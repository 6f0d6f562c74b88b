"""The line per scenario: place, name, what became of it, and why."""

from io import StringIO
from types import SimpleNamespace

import pytest
from behave.formatter.base import StreamOpener
from behave.model_type import Status
from behave.parser import parse_feature

from testbed.reporting.progress import ERASE_LINE, ProgressFormatter


def test_a_passed_scenario_is_one_line_with_its_place_and_time(sample_run):
    assert "features/orders.feature:18  One order  PASSED (0.0 s)\n" in sample_run.output


def test_a_broken_promise_is_told_indented_below(sample_run):
    expected = (
        "A promise breaks  FAILED (0.0 s)\n    Promise broken: no order is lost\n    1 breach\n"
    )
    assert expected in sample_run.output


def test_bench_trouble_is_an_error_with_cause_and_next_step(sample_run):
    expected = "ERROR (0.0 s)\n    Expected a broker within 1 s. none came. Start one.\n"
    assert expected in sample_run.output


def test_a_skipped_scenario_says_why_on_its_line(sample_run):
    assert "Does not apply  SKIPPED: the consumer declares no metrics\n" in sample_run.output


def test_what_nobody_asked_for_is_not_mentioned(sample_run):
    assert "Nobody asked for it" not in sample_run.output


def test_scenarios_that_never_got_their_turn_are_told(sample_run):
    assert "later.feature:4  Never gets its turn  ERROR" in sample_run.output
    assert "rules.feature:5  Not reached under the rule  ERROR" in sample_run.output


def test_nothing_but_plain_text_where_nobody_watches(sample_run):
    assert "\x1b" not in sample_run.output and "\r" not in sample_run.output


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal(monkeypatch):
    """The formatter on a terminal, with one scenario that passes; what was written."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    feature = parse_feature(
        "Feature: F\n  Scenario: one\n    Given a\n", filename="features/f.feature"
    )
    check = SimpleNamespace(check=lambda tags: True)
    config = SimpleNamespace(tag_expression=check, name=None, dry_run=False)
    terminal = _Terminal()
    formatter = ProgressFormatter(StreamOpener(stream=terminal), config)
    (scenario,) = feature.walk_scenarios()
    formatter.feature(feature)
    formatter.scenario(scenario)
    yield formatter, scenario, terminal
    formatter.close()


def test_the_running_scenario_stands_on_the_last_line_of_a_terminal(on_terminal):
    _, _, terminal = on_terminal
    assert terminal.getvalue() == "features/f.feature:2  one  …"


def test_at_its_end_the_line_is_replaced_and_coloured(on_terminal):
    formatter, scenario, terminal = on_terminal
    scenario.steps[0].status = Status.passed
    scenario.clear_status()
    formatter.eof()
    last = terminal.getvalue().split(ERASE_LINE)[1]
    assert last == "features/f.feature:2  one  \x1b[32mPASSED\x1b[0m (0.0 s)\n"
