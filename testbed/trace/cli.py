"""``python -m testbed trace [REPORTS]``: where the time of the last run went."""

import argparse
import sys
from pathlib import Path

from testbed import tracing
from testbed.errors import UsageError
from testbed.trace import picture, told

PICTURE = "trace.svg"


def main(words: list[str]) -> int:
    """Print the budget and draw the timeline; raises ``UsageError`` where no run left spans."""
    parser = argparse.ArgumentParser(
        prog="python -m testbed trace",
        description="Where the time of the last run went, as text and as REPORTS/trace.svg.",
    )
    parser.add_argument("reports", nargs="?", type=Path, default=Path("reports"))
    reports = parser.parse_args(words).reports
    processes = tracing.read(reports / tracing.FOLDER)
    if not any(processes.values()):
        raise UsageError(
            f"Expected the spans of a run in {reports / tracing.FOLDER}",
            "there are none",
            "Run the features first, or name the reports folder",
        )
    (reports / PICTURE).write_text(picture.svg(processes), encoding="utf-8")
    sys.stdout.write(f"{told.text(processes)}\nTimeline: {reports / PICTURE}\n")
    return 0
