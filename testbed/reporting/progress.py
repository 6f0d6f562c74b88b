"""One line per scenario as it ends: the default output of ``behave`` and of the runner."""

import os

from behave.formatter.base import Formatter

from testbed.reporting import scenarios
from testbed.reporting.text import printable

SHOWN = 12  # lines of a reason
WORDS = {"passed": "PASSED", "failed": "FAILED", "error": "ERROR", "skipped": "SKIPPED"}
COLOURS = {"passed": "32", "failed": "31", "error": "33", "skipped": "36"}
ERASE_LINE = "\r\x1b[2K"


class ProgressFormatter(Formatter):
    """``features/x.feature:12  Scenario name  PASSED (0.8 s)``, and why where it did not pass.

    On a terminal the running scenario stands on the last line; elsewhere every line is whole.
    """

    name = "promises"
    description = "One line per scenario, with what broke"

    def __init__(self, stream_opener, config):
        super().__init__(stream_opener, config)
        self.stream = self.open()
        isatty = getattr(self.stream, "isatty", None)
        self._live = bool(isatty and isatty()) and os.environ.get("TERM") != "dumb"
        self._coloured = self._live and "NO_COLOR" not in os.environ
        self._scenario = None
        self._feature = None
        self._seen: set[int] = set()

    def uri(self, uri):
        """A new file begins; behave does not always say that the one before ended."""
        self._finish_feature()

    def feature(self, feature):
        """Remember it, to tell at its end what never ran."""
        self._feature = feature

    def scenario(self, scenario):
        """The next one begins, so the one before is over, hooks and all."""
        self._finish_scenario()
        self._seen.add(id(scenario))
        if scenarios.deselected(scenario, self.config):
            return
        self._scenario = scenario
        if self._live:
            self._write(f"{_title(scenario)}  …")

    def eof(self):
        """The feature is over."""
        self._finish_feature()

    def close(self):
        """The run is over."""
        self._finish_feature()
        super().close()

    def _finish_feature(self):
        self._finish_scenario()
        feature, self._feature = self._feature, None
        for scenario in feature.walk_scenarios() if feature else ():
            if id(scenario) not in self._seen and not scenarios.deselected(scenario, self.config):
                self._tell(scenario)
        if feature and feature.hook_failed and feature.error_message:
            self._write("".join(f"{line}\n" for line in _indented(feature.error_message)))
        self._seen.clear()

    def _finish_scenario(self):
        scenario, self._scenario = self._scenario, None
        if scenario is not None:
            self._write(ERASE_LINE if self._live else "")
            self._tell(scenario)

    def _tell(self, scenario):
        status = scenarios.status_of(scenario)
        if self.config.dry_run and status == "skipped":
            return
        word = self._colour(status, WORDS[status])
        line = f"{_title(scenario)}  {word} ({scenario.duration:.1f} s)"
        reason = scenarios.reason_of(scenario)
        if status == "skipped":
            line = f"{_title(scenario)}  {word}: {printable(reason)}"
            reason = ""
        self._write("\n".join([line, *_indented(reason)]) + "\n")

    def _colour(self, status: str, text: str) -> str:
        return f"\x1b[{COLOURS[status]}m{text}\x1b[0m" if self._coloured else text

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def _title(scenario) -> str:
    return f"{scenario.location}  {printable(scenario.name)}"


def _indented(reason: str) -> list[str]:
    lines = reason.splitlines()
    shown = [f"    {printable(line, 600)}" for line in lines[:SHOWN]]
    hidden = len(lines) - SHOWN
    return [*shown, f"    … {hidden} more lines in the report"] if hidden > 0 else shown
