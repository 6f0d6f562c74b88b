"""Running again: what did not pass last time, and passes that must all end alike."""

import json
from dataclasses import replace
from pathlib import Path

from testbed.errors import CannotStart
from testbed.reporting import record
from testbed.runner.options import RunOptions

LEAST = ("failed", "error")


def only_failed(asked: RunOptions, reports: Path) -> RunOptions:
    """The same run over the scenarios that did not pass; must be asked before reports go.

    Raises ``CannotStart`` where there was no run, or nothing of it failed.
    """
    try:
        summary = json.loads((reports / "summary.json").read_text("utf-8"))
        places = [one["place"] for one in summary["not_passed"] if one["status"] in LEAST]
    except (OSError, ValueError, KeyError) as error:
        raise CannotStart(
            "There is nothing to run again",
            f"{reports / 'summary.json'} tells of no run: {error}",
            "Run the features without --rerun-failed first",
        ) from error
    if not places:
        raise CannotStart("There is nothing to run again", "no scenario of the last run failed")
    return replace(asked, behave_args=(*asked.behave_args, *places))


class Passes:
    """Compares how the scenarios of each pass ended with the pass before."""

    def __init__(self, reports: Path):
        self._reports, self._files = reports, record.files(reports)
        self._before: dict[str, str] = {}

    def difference(self) -> str:
        """The first scenario of the pass just ended that ended otherwise, in words; or nothing."""
        now = record.files(self._reports)
        before, self._before = self._before, record.verdicts(now - self._files)
        self._files = now
        for place, status in self._before.items():
            if before and before.get(place, "missing") != status:
                return f"{place} {status}, and {before.get(place, 'missing')} the time before"
        return ""
