"""The run's reports: what is cleared before it, and what is built after it."""

import shutil
from pathlib import Path

from testbed.errors import CannotStart
from testbed.options import Options
from testbed.reporting import record
from testbed.runner.console import Console

LOG = "kafka_integration.log"
OF_A_RUN = (
    LOG, "redpanda.log", "kafka.log", "consumer-*.log", "test-results.xml", "summary.txt",
    "summary.json", "allure-results", "allure-report", "history", "results", "junit",
)  # fmt: skip


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


def build(options: Options, folder: Path, console: Console, *, html: bool = True) -> list:
    """JUnit, summary and, unless there is no time for it, HTML; the scenarios' results.

    ``folder`` holds the passes of the run, each with the JUnit files of its workers.
    """
    return record.read_all(options.reports)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
