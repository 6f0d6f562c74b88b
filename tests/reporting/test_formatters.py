"""A plain ``behave`` gets this project's output, and a summary whose time is the run's."""

import io
from types import SimpleNamespace

from behave.configuration import Configuration
from behave.reporter.summary import SummaryReporter

from testbed.reporting import formatters
from testbed.reporting.allure_formatter import AllureFormatter
from testbed.reporting.progress import ProgressFormatter


def runner(monkeypatch):
    """A runner of behave that is about to start, at second 100."""
    monkeypatch.setattr(formatters, "time", lambda: 100.0)
    monkeypatch.setattr("behave.reporter.summary.time_now", lambda: 100.0)
    config = Configuration(command_args=[])
    config.reporters[:] = [SummaryReporter(config)]
    return SimpleNamespace(config=config, formatters=[])


def test_the_summary_takes_from_start_to_end(monkeypatch, tmp_path):
    """Whatever the features' own times add up to."""
    started = runner(monkeypatch)
    formatters.add_to(started, str(tmp_path / "results"))
    (summary,) = started.config.reporters
    summary.stream = io.StringIO()
    summary.duration += 7
    monkeypatch.setattr(formatters, "time", lambda: 165.5)
    summary.print_duration(summary.stream)
    assert summary.stream.getvalue() == "Took 1min 5.500s\n"


def test_results_and_progress_are_added_once(monkeypatch, tmp_path):
    """And nothing is said twice where the caller asked for Allure already."""
    started = runner(monkeypatch)
    formatters.add_to(started, str(tmp_path / "results"))
    formatters.add_to(started, str(tmp_path / "results"))
    assert [type(one) for one in started.formatters] == [ProgressFormatter, AllureFormatter]
