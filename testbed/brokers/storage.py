"""The embedded broker's data folder: formatted once, copied for each start."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from testbed.brokers import jars, jvm, settings
from testbed.brokers.java import Java, environment
from testbed.caches import cache_dir, locked, unusable
from testbed.errors import CannotStart

CLUSTER_ID = "Y2h1cm4tdGVzdGJlZC0wMQ"
FORMAT_WITHIN_S = 60.0
MEMORY = Path("/dev/shm")  # noqa: S108 - with folders of our own below it
NEEDED = 512 * 1024 * 1024  # bytes; a whole run of the features writes some tens of megabytes
PREFIX = "churn-testbed-kafka-"


def new_data_folder(fallback: Path, memory: Path = MEMORY) -> Path:
    """An empty folder in memory where there is room for it, else below ``fallback``.

    Raises ``CannotStart`` where neither has room, or neither may be written.
    """
    parent = memory if _free(memory) >= NEEDED and os.access(memory, os.W_OK) else fallback
    left = _free(parent)
    if left < NEEDED:
        raise CannotStart(
            "No disk space for the embedded broker's data",
            f"expected {_megabytes(NEEDED)} free in {parent}, got {_megabytes(left)}",
            "Free some space, or set TMPDIR to a folder on a disk that has it",
        )
    try:
        return Path(tempfile.mkdtemp(dir=parent, prefix=PREFIX))
    except OSError as error:
        raise CannotStart(
            f"Cannot make the embedded broker's data folder in {parent}",
            error.strerror or str(error),
            "Set TMPDIR to a folder that you may write to",
        ) from error


def copy_formatted(java: Java, libraries: list[Path], data: Path) -> None:
    """Fill ``data`` as a freshly formatted one; raises ``CannotStart`` where that fails."""
    source = _ensure(java, libraries)
    try:
        shutil.copytree(source, data, dirs_exist_ok=True, copy_function=shutil.copyfile)
    except OSError as error:
        raise CannotStart(
            f"Cannot copy the broker's formatted data to {data}",
            str(error),
            "Check disk and rights",
        ) from error


def drop_formatted() -> None:
    """Forget the formatted folder: the next start makes it anew."""
    shutil.rmtree(_folder(), ignore_errors=True)


def _folder() -> Path:
    return cache_dir("formatted") / f"{jars.kafka_version()}-{jars.digest()}-{CLUSTER_ID}"


def _ensure(java: Java, libraries: list[Path]) -> Path:
    folder = _folder()
    if not _looks_formatted(folder):
        with locked(folder, FORMAT_WITHIN_S):
            if not _looks_formatted(folder):
                _format(java, libraries, folder)
    return folder


def _looks_formatted(folder: Path) -> bool:
    try:
        told = (folder / "meta.properties").read_text("utf-8", errors="replace")
    except OSError:
        return False
    metadata = folder / "__cluster_metadata-0"
    whole = any(file.stat().st_size for file in metadata.glob("*.checkpoint"))
    return whole and re.search(rf"(?m)^cluster\.id={CLUSTER_ID}$", told) is not None


def _format(java: Java, libraries: list[Path], folder: Path) -> None:
    try:
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix="formatting-"))
        try:
            _run_tool(java, libraries, partial)
            shutil.rmtree(folder, ignore_errors=True)
            (partial / "data").rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise unusable(folder.parent, error) from error


def _run_tool(java: Java, libraries: list[Path], partial: Path) -> None:
    port = settings.Listener(settings.CLIENTS, 9092)
    controller = settings.Listener(settings.CONTROLLER, 9093)
    properties = partial / "server.properties"
    properties.write_text(settings.server_properties(partial / "data", [port], controller), "utf-8")
    words = ["format", "-t", CLUSTER_ID, "-c", str(properties)]
    try:
        done = subprocess.run(
            jvm.command(java, libraries, jvm.STORAGE_TOOL, *words),
            capture_output=True,
            text=True,
            check=False,
            timeout=FORMAT_WITHIN_S,
            env=environment(),
        )
        said = (done.stdout + done.stderr).strip()[-1000:]
    except subprocess.TimeoutExpired:
        said = f"it takes more than {FORMAT_WITHIN_S:g} s"
    if not _looks_formatted(partial / "data"):
        raise CannotStart("Kafka could not format its data folder", said, "See that Java runs here")


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _megabytes(count: int) -> str:
    return f"{count // (1024 * 1024)} MB"
