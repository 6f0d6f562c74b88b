"""Make .venv hold exactly what the lock files say. Standard library only, any system.

``python scripts/setup_venv.py run|dev``: exit code 0 when it is ready, 3 with one [ERROR]
line (cause and next step) when it is not. Takes milliseconds when nothing has changed,
and several may run at the same time.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "run": ("requirements.txt",),
    "dev": ("requirements.txt", "requirements-dev.txt"),
}
UV_LOCK = "requirements-uv.txt"
ON_WINDOWS = os.name == "nt"


class SetupError(Exception):
    """The environment cannot be made; the text says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, set up, and return the exit code."""
    parser = argparse.ArgumentParser(description="Make the virtual environment of this project.")
    parser.add_argument("kind", choices=LOCKS, help="run: the suite; dev: its tools and tests too")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="where (default: .venv)")
    parser.add_argument("--check", action="store_true", help="only look: 1 when it is not ready")
    chosen = parser.parse_args(arguments)
    if chosen.check:
        return 0 if is_ready(chosen.venv.absolute(), chosen.kind) else 1
    try:
        set_up(chosen.venv.absolute(), chosen.kind)
    except (SetupError, OSError) as error:
        print(f"[ERROR] {error}", file=sys.stderr, flush=True)
        return 3
    except KeyboardInterrupt:
        return 130
    return 0


def set_up(venv: Path, kind: str) -> None:
    """Make ``venv`` ready for ``kind``; raises ``SetupError``."""
    if is_ready(venv, kind):
        return
    with locked(venv.with_name(venv.name + ".lock")):
        if is_ready(venv, kind):  # another process was faster
            return
        say(f"Setting up {venv.name} for Python {sys.version.split()[0]} (once)")
        if not python_works(venv):
            create(venv)
        install(venv, [ROOT / name for name in LOCKS[kind]])
        stamp(venv, kind).write_text(digest(kind), encoding="ascii")


def say(line: str) -> None:
    """One line for the person who waits."""
    print(f"[INFO] {line}", flush=True)


def venv_python(venv: Path) -> Path:
    """Where a virtual environment keeps its Python on this system."""
    return venv / ("Scripts/python.exe" if ON_WINDOWS else "bin/python")


def stamp(venv: Path, kind: str) -> Path:
    """The file that says which locks were installed."""
    return venv / f".installed-{kind}"


def digest(kind: str) -> str:
    """What the environment depends on: the locks, and the Python that it was made with."""
    text = f"{sys.version_info[:2]} {sys.platform}".encode()
    for name in LOCKS[kind]:
        text += (ROOT / name).read_bytes()
    return hashlib.sha256(text).hexdigest()


def is_ready(venv: Path, kind: str) -> bool:
    """Whether nothing has to be done; "dev" holds all that "run" needs."""
    if not venv_python(venv).exists():
        return False
    kinds = [each for each in LOCKS if set(LOCKS[kind]) <= set(LOCKS[each])]
    return any(
        stamp(venv, each).is_file() and stamp(venv, each).read_text() == digest(each)
        for each in kinds
    )


def python_works(venv: Path) -> bool:
    """Whether the environment's Python starts and is the version that would make it."""
    check = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return run([venv_python(venv), "-c", check]).returncode == 0
    except OSError:
        return False


def create(venv: Path) -> None:
    """Make the environment anew, with or without pip in it, by whatever this Python offers."""
    shutil.rmtree(venv, ignore_errors=True)
    extra = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
    made = run([sys.executable, "-m", "venv", *extra, venv])
    if made.returncode == 0:
        return
    if shutil.which("virtualenv") and run(["virtualenv", "--quiet", venv]).returncode == 0:
        return
    shutil.rmtree(venv, ignore_errors=True)
    raise SetupError(f"The virtual environment could not be made: {last_line(made)}. {advice()}")


def advice() -> str:
    """The next step for a Python that comes in parts, as Debian's does."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return (
        "Debian and Ubuntu ship it apart from Python: "
        f"apt-get install python3-venv (or python{version}-venv), then run this again."
    )


def install(venv: Path, locks: list[Path]) -> None:
    """Install the locks: by uv, which is several times faster; by pip where uv cannot."""
    wanted = [word for lock in locks for word in ("-r", lock)]
    pip = pip_for(venv)
    if not pip and not shutil.which("uv"):
        raise SetupError(f"This Python has neither ensurepip nor pip. {advice()}")
    uv = uv_for(venv, pip)
    if uv:
        # Compiled once here, not at every start of a consumer: scikit-learn's import halves.
        how = ("--quiet", "--compile-bytecode", "--require-hashes")
        command = [*uv, "pip", "install", *how, *wanted]
        done = run([*command, "--python", venv_python(venv)], uv_environment())
        if done.returncode == 0:
            return
        say(f"uv could not install ({last_line(done)}); trying pip, which takes longer")
    done = run([*pip, "install", "--quiet", "--require-hashes", *wanted]) if pip else done
    if done.returncode:
        raise SetupError(
            f"The packages of {', '.join(lock.name for lock in locks)} could not be installed: "
            f"{last_line(done)}. Check the network, or PIP_INDEX_URL for an index of your own, "
            "then run this again."
        )


def pip_for(venv: Path) -> list[str | Path]:
    """A pip that installs into ``venv``: its own, else this Python's; [] when there is none."""
    own = [venv_python(venv), "-m", "pip"]
    if run([*own, "--version"]).returncode == 0:
        return own
    if run([sys.executable, "-m", "pip", "--version"]).returncode == 0:
        return [sys.executable, "-m", "pip", "--python", str(venv_python(venv))]
    return []


def uv_for(venv: Path, pip: list) -> list[str | Path]:
    """The pinned uv inside ``venv``, else one on the path; [] when there is none."""
    if pip:
        done = run([*pip, "install", "--quiet", "--require-hashes", "-r", ROOT / UV_LOCK])
        if done.returncode == 0:
            return [venv_python(venv), "-m", "uv"]
    found = shutil.which("uv")
    return [found] if found else []


def uv_environment() -> dict[str, str]:
    """uv reads none of pip's settings: hand on the index, trust and cache that this user has."""
    environment = {
        "UV_SYSTEM_CERTS": "true",  # a company's own certificate authority
        "UV_LINK_MODE": "copy",  # cache and project may stand on different file systems
        "UV_NO_PROGRESS": "1",
    }
    if os.environ.get("PIP_INDEX_URL"):
        environment["UV_DEFAULT_INDEX"] = os.environ["PIP_INDEX_URL"]
    if not cache_is_writable():
        environment["UV_NO_CACHE"] = "1"
    return environment | dict(os.environ)


def cache_is_writable() -> bool:
    """Whether uv may keep its downloads where it wants to: not with a read-only HOME."""
    home = os.environ.get("LOCALAPPDATA") if ON_WINDOWS else os.environ.get("HOME")
    cache = os.environ.get("XDG_CACHE_HOME") or (home and os.path.join(home, ".cache"))
    try:
        Path(cache or "").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache or None):
            return bool(cache)
    except OSError:
        return False


def run(command: list, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """Run to the end with the output kept for the message."""
    return subprocess.run(
        [str(word) for word in command],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def last_line(done: subprocess.CompletedProcess) -> str:
    """The line of a failed command that most likely names the cause."""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [f"exit code {done.returncode}"])[-1].rstrip(".")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; the system lets go of the lock however its owner ends."""
    with open(path, "a+b") as file:
        if ON_WINDOWS:
            import msvcrt

            while True:
                with suppress(OSError):  # raised after ten seconds of waiting
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
