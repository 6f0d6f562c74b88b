"""Gives a plain ``behave`` this project's output, whatever the folder it was installed in.

Named in ``behave.ini`` the formatters would have to be importable before behave knows the
project's folder, which its console script does not put on the path.
"""

import sys
from time import time

from behave.formatter.base import StreamOpener
from behave.formatter.null import NullFormatter
from behave.reporter.summary import SummaryReporter

from testbed.reporting.allure_formatter import AllureFormatter
from testbed.reporting.progress import ProgressFormatter


class TimedSummary(SummaryReporter):
    """Takes from the start of the run to its end, where behave 1.3.3 adds the features' own times.

    It counts nothing of a feature whose scenarios stand under rules.
    """

    def __init__(self, config):
        super().__init__(config)
        self.testrun_started()

    @property
    def duration(self) -> float:
        """Seconds since the run started."""
        return time() - self.testrun_start_time

    @duration.setter
    def duration(self, value: float) -> None:
        """What behave would add counts nothing."""


def add_to(runner, results: str) -> None:
    """Add Allure results, and a line per scenario where no other output was asked for."""
    formatters, config = runner.formatters, runner.config
    config.reporters[:] = [
        TimedSummary(config) if type(one) is SummaryReporter else one for one in config.reporters
    ]
    present = {type(one) for one in formatters}
    if present <= {NullFormatter, AllureFormatter}:
        formatters.append(ProgressFormatter(StreamOpener(stream=sys.__stdout__), config))
    if AllureFormatter not in present:
        formatters.append(AllureFormatter(StreamOpener(filename=results), config))
