"""What must be there before anything is started, each with what to do when it is not."""

import importlib.util
import shutil
import tempfile
from pathlib import Path

from testbed import command
from testbed.errors import CannotStart, UsageError
from testbed.options import Options

PACKAGES = ("behave", "confluent_kafka", "msgspec", "sklearn", "skops", "allure_behave")
FREE_BYTES = 256 * 1024 * 1024  # a broker's segments, logs and a report, with room


def check(options: Options, paths: list[str]) -> None:
    """Raise ``UsageError`` or ``CannotStart`` for the first thing that is missing."""
    for path in paths:
        _check_path(path)
    if options.consumer_command:
        command.check(options.consumer_command)
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotStart(
            f"Python packages are missing: {', '.join(missing)}",
            next_step="Run scripts/run_kafka_integration_tests.sh, which installs them",
        )
    for folder in (options.reports, Path(tempfile.gettempdir())):
        _check_space(folder)
    if options.broker == "redpanda":
        from testbed.brokers import presence

        presence.check()


def _check_path(path: str) -> None:
    """A feature path as behave takes it: a file, a folder, ``file:line``, ``@list``."""
    plain = path.removeprefix("@")
    name, colon, line = plain.rpartition(":")
    file = Path(name if colon and line.isdigit() else plain)
    if not file.exists():
        raise UsageError(
            f"Expected a feature file or folder, got {path!r}: there is no {file}",
            next_step="See features/ for what there is",
        )


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise CannotStart(
            f"Expected {FREE_BYTES >> 20} MB of free disk space, got {free >> 20} MB - at {folder}",
            next_step="Make room, or set TMPDIR to a folder with more",
        )
