"""The run's reports: what is cleared before it, and what is built after it."""

import shutil
from pathlib import Path

from testbed.errors import BenchError, CannotStart
from testbed.options import Options
from testbed.reporting import junit, record, runs
from testbed.reporting.html import HISTORY
from testbed.reporting.publish import publish, told_on_terminal
from testbed.reporting.summary import RunFacts
from testbed.runner.console import Console

LOG = "kafka_integration.log"
OF_A_RUN = (
    LOG, "redpanda*.log", "kafka*.log", "spare-kafka*.log", "guarded-kafka*.log", "consumer-*.log",
    "test-results.xml", "summary.txt", "summary.json", "allure-results", "allure-report", "history",
    "results", "junit", "pass-*", "trace", "trace.svg", "summary.md", "specification",
    "specification.html",
)  # fmt: skip
KEPT = (runs.RUNS, runs.VERDICTS, HISTORY)  # what stays from run to run
OPENED = {
    "index.html": "Report:",
    "specification.html": "Specification:",
    "summary.md": "Markdown:",
    "summary.txt": "Summary:",
}


def begin(reports: Path) -> Path:
    """Clear what an earlier run left, and nothing else; the path of this run's log.

    Raises ``CannotStart`` where the folder cannot be written.
    """
    try:
        reports.mkdir(parents=True, exist_ok=True)
        for pattern in OF_A_RUN:
            for path in reports.glob(pattern):
                _remove(path)
        log = reports / LOG
        log.touch()
    except OSError as error:
        raise CannotStart(
            f"Cannot write the reports folder {reports}",
            error.strerror or str(error),
            "Check its owner and rights, or choose another: -D reports=FOLDER",
        ) from error
    return log


def build(options: Options, folder: Path, facts: RunFacts, console: Console) -> None:
    """JUnit, summary and, unless there was no time or no scenario, HTML; the verdict in text.

    ``folder`` holds the passes of the run, each with the JUnit files of its workers. A report
    that cannot be written is a warning: the verdict does not hang on it.
    """
    reports = options.reports
    try:
        results = record.read_all(reports)
        junit.merge(folder, reports / "test-results.xml", results)
        html = not facts.interrupted
        _, paths = publish(reports, results, facts, options.limits, console.info, html=html)
        told_on_terminal(results, console.line)
        for path in paths:
            console.info(f"{OPENED[path.name]} {path}")
    except (OSError, ValueError, BenchError) as error:
        console.warning(f"The reports are not complete: {error}")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
