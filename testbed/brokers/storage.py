"""The embedded broker's data folder: formatted once, copied for each start."""

import base64
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from testbed.brokers import jars, jvm, settings
from testbed.brokers.ended import Ended
from testbed.brokers.java import Java, environment
from testbed.caches import cache_dir, locked, unusable
from testbed.errors import CannotStart

CLUSTER_ID = "Y2h1cm4tdGVzdGJlZC0wMQ"
FORMAT_WITHIN_S = 60.0
MEMORY = Path("/dev/shm")  # noqa: S108 - with folders of our own below it
NEEDED = 512 * 1024 * 1024  # bytes; a whole run of the features writes some tens of megabytes
DATA, DIGESTS = "data", "digests.json"
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


def give_to(node: int, data: Path) -> None:
    """Have a freshly formatted folder belong to another node than the one it was made for."""
    own = base64.urlsafe_b64encode(secrets.token_bytes(15)).decode()  # 20 signs, no padding
    told = {"node.id": node, "directory.id": f"ch{own}"}  # Kafka reserves ids that are all zeros
    path = data / "meta.properties"
    lines = [line.partition("=") for line in path.read_text("utf-8").splitlines()]
    text = "".join(f"{key}{sign}{told.get(key, value)}\n" for key, sign, value in lines)
    path.write_text(text, "utf-8")


def drop_formatted() -> None:
    """Forget the formatted folder: the next start makes it anew."""
    shutil.rmtree(_folder(), ignore_errors=True)


def _folder() -> Path:
    return cache_dir("formatted") / f"{jars.kafka_version()}-{jars.digest()}-{CLUSTER_ID}"


def _ensure(java: Java, libraries: list[Path]) -> Path:
    folder = _folder()
    if not _is_whole(folder):
        with locked(folder, FORMAT_WITHIN_S):
            if not _is_whole(folder):
                _format(java, libraries, folder)
    return folder / DATA


def _is_whole(folder: Path) -> bool:
    """Whether the files are those that Kafka wrote: few and small, so each start looks."""
    try:
        return json.loads((folder / DIGESTS).read_text("utf-8")) == _digests(folder / DATA)
    except (OSError, ValueError):
        return False


def _digests(data: Path) -> dict[str, str]:
    files = sorted(path for path in data.rglob("*") if path.is_file())
    return {
        path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def _format(java: Java, libraries: list[Path], folder: Path) -> None:
    try:
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix="formatting-"))
        try:
            _run_tool(java, libraries, partial)
            (partial / DIGESTS).write_text(json.dumps(_digests(partial / DATA)), "utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise unusable(folder.parent, error) from error


def _run_tool(java: Java, libraries: list[Path], partial: Path) -> None:
    clients = settings.Listener(settings.CLIENTS, 9092)
    controller = settings.Listener(settings.CONTROLLER, 9093)
    properties = partial / "server.properties"
    text = settings.server_properties(partial / DATA, [clients], controller, {})
    properties.write_text(text, "utf-8")
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
        failed, said = done.returncode != 0, (done.stdout + done.stderr).strip()
    except subprocess.TimeoutExpired:
        failed, said = True, f"it takes more than {FORMAT_WITHIN_S:g} s"
    if failed:
        raise Ended("Kafka could not format its data folder", said)


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _megabytes(count: int) -> str:
    return f"{count // (1024 * 1024)} MB"
