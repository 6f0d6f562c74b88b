"""Where things that are made once and used by many runs are kept."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from testbed.errors import CannotStart

PROJECT = "churn-testbed"
VARIABLE = "CHURN_TESTBED_CACHE"
UNWRITTEN, ELSEWHERE = "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"


def cache_dir(name: str) -> Path:
    """The cache's folder ``name``, made if need be.

    Raises ``CannotStart`` where the system does not let us have it.
    """
    folder = root() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(folder, error) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise unusable(folder, PermissionError(13, "Permission denied"))
    return folder


def root() -> Path:
    """$CHURN_TESTBED_CACHE, or the project's folder where the system keeps caches."""
    own = os.environ.get(VARIABLE)
    if own:
        return Path(own)
    system = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return (Path(system) if system else Path.home() / ".cache") / PROJECT


def with_bytecode(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` for a Python that keeps what it compiles, here where it may not beside the sources.

    Many images forbid it, and a run starts Python dozens of times: a tenth of its work.
    """
    if not env.get(UNWRITTEN) or env.get(ELSEWHERE):
        return dict(env)
    others = {name: value for name, value in env.items() if name != UNWRITTEN}
    return others | {ELSEWHERE: str(root() / "bytecode")}


@contextmanager
def locked(path: Path, within_s: float) -> Iterator[None]:
    """Hold the lock of a cached file or folder against other runs on this machine.

    The system releases it when its holder dies. Raises ``CannotStart`` after ``within_s``.
    """
    lock = FileLock(_lock_file(path))
    try:
        lock.acquire(timeout=within_s)
    except Timeout as error:
        raise CannotStart(
            f"Another run has been making {path} for more than {within_s:g} s",
            next_step=f"Wait for it, or end it; then remove {_lock_file(path)}",
        ) from error
    except OSError as error:
        raise unusable(path.parent, error) from error
    try:
        yield
    finally:
        lock.release()


def try_lock(path: Path) -> FileLock | None:
    """The same lock, held until its ``release``, or None where somebody else has it."""
    lock = FileLock(_lock_file(path))
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return None
    return lock


def unusable(folder: Path, error: OSError) -> CannotStart:
    """The clear message for a cache folder that cannot be written."""
    return CannotStart(
        f"Cannot write to the cache folder {folder}",
        error.strerror or str(error),
        f"Free space or fix its rights, or set {VARIABLE} to a folder that you may write to",
    )


def _lock_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
