"""Who is put to the proof: broken consumers as they declare themselves, and honest ones."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec

from testbed.errors import CannotStart, UsageError
from testbed.reporting.node import find as find_node

ROOT = Path(__file__).resolve().parents[2]
SABOTEURS = "tests.consumers.saboteurs"
HONEST = ROOT / "tests" / "consumers" / "honest" / "consumers.toml"
INSTALLED = Path("node_modules", ".package-lock.json")
NPM = {"NODE_DISABLE_COMPILE_CACHE": "1"}  # npm leaves one in the system's temporary folder
IN_WORK = "@wip"  # the tag that behave leaves out by itself
LIST_WITHIN_S = 60.0  # imports of clients and libraries on a busy machine


class Saboteur(msgspec.Struct, frozen=True, kw_only=True):
    """A broken consumer: its sin, the promises that must all catch it, and where they do.

    ``also``: promises that its sin may break besides. ``where``: ``feature: words of a
    scenario's name``. ``options``: userdata of its runs. ``quick``: of the quick subset.
    """

    name: str
    group: str
    sin: str
    caught_by: tuple[str, ...]
    where: tuple[str, ...]
    command: tuple[str, ...]
    source: str = "own"
    delivery: str = "at-least-once"
    also: tuple[str, ...] = ()
    options: dict[str, str] = {}
    quick: bool = False

    @property
    def in_work(self) -> bool:
        """Whether what would catch it is in work: features that no run takes by itself."""
        features = {place.split(": ", 1)[0] for place in self.where}
        return all(map(_in_work, features))


class Honest(msgspec.Struct, frozen=True, kw_only=True):
    """A right consumer; an empty ``command`` stands for the reference."""

    name: str
    what: str
    command: tuple[str, ...] = ()
    delivery: str = "at-least-once"
    session_timeout_s: float = 6.0

    @property
    def is_reference(self) -> bool:
        """Whether it is the project's own, which every run of the suite proves."""
        return not self.command


REFERENCE = (
    Honest(
        name="reference-exactly-once", what="the reference, exactly-once", delivery="exactly-once"
    ),
    Honest(name="reference-at-least-once", what="the reference, at-least-once"),
)


def saboteurs(file: Path | None = None) -> list[Saboteur]:
    """All that the saboteurs' module lists, or those of a JSON file in the same form.

    Raises ``CannotStart`` where the module fails, ``UsageError`` for a file that is no such list.
    """
    data = file.read_bytes() if file else _listed()
    try:
        return msgspec.json.decode(data, type=list[Saboteur])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(
            f"Expected a list of saboteurs as JSON from {file or SABOTEURS}",
            str(error),
            f"Its form is that of `python -m {SABOTEURS} --list`",
        ) from error


def _in_work(feature: str) -> bool:
    path = ROOT / "features" / f"{feature}.feature"
    return path.is_file() and IN_WORK in path.read_text("utf-8").split("Feature:")[0].split()


def _listed() -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", SABOTEURS, "--list"],
        cwd=ROOT, capture_output=True, timeout=LIST_WITHIN_S, check=False,
    )  # fmt: skip
    if done.returncode:
        raise CannotStart(
            "The saboteurs cannot be listed",
            done.stderr.decode("utf-8", "replace").strip()[-2000:],
            f"Run `python -m {SABOTEURS} --list` by hand",
        )
    return done.stdout


def honest() -> list[Honest]:
    """The reference in both deliveries, and the consumers that share no code with it."""
    return [*REFERENCE, *map(_honest, tomllib.loads(HONEST.read_text("utf-8")).items())]


def install_clients(chosen: list[Honest]) -> None:
    """Put the libraries beside those programs that have a lock file of Node's package manager.

    Raises ``CannotStart`` where they cannot be had.
    """
    for folder in {(ROOT / word).parent for one in chosen for word in one.command}:
        lock, installed = folder / "package-lock.json", folder / INSTALLED
        if not lock.exists():
            continue
        if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
            continue
        done = subprocess.run(
            [*find_node().npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
            cwd=folder, env=os.environ | NPM, stdin=subprocess.DEVNULL, capture_output=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()[-2000:]
            raise CannotStart(f"The libraries of {folder.name} cannot be installed", said)


def _honest(entry: tuple[str, dict]) -> Honest:
    name, declared = entry
    program, *words = declared["command"]
    start = find_node().node if program == "node" else [sys.executable]
    return Honest(
        name=name,
        what=declared["what"],
        command=(*start, *words),
        delivery=declared["delivery"],
        session_timeout_s=declared["session_timeout_s"],
    )
