"""Cleans up after a run that could not do so itself: ``kill -9``, a crash, a lost terminal.

``Guardian`` is the handle in the run; the same file, run as a program, is the watcher. It
notices that the run is gone when its pipe closes, then kills what was registered or carries
the token, runs the registered commands, and removes the registered folders.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from testbed.errors import BenchError, NotReached
from testbed.processes import TOKEN_VARIABLE, kill_marked
from testbed.processes.family import find, kill_all, tokens
from testbed.wait import until

COMMAND_WITHIN_S = 30.0  # compose down stops a container within its own ten seconds
FOLDER_WITHIN_S = 2.0  # a dying process may still write a last file
CLOSE_WITHIN_S = COMMAND_WITHIN_S + 15.0
BREAK_AWAY = 0x01000000 | 0x00000200  # Windows: leave the run's job, in a group of its own
ROOT = Path(__file__).resolve().parent.parent


class Guardian:
    """The run's end of the pipe. Whatever is registered and not released is cleaned up.

    ``token`` is the run's: spawn with it, and the process needs no registration.
    """

    def __init__(self, watcher: subprocess.Popen, token: str):
        self._watcher, self.token = watcher, token

    @classmethod
    def start(cls, token: str) -> "Guardian":
        """Start a watcher for processes that carry ``token``; it needs no answer to begin."""
        env = {k: v for k, v in os.environ.items() if k != TOKEN_VARIABLE}
        apart = {"creationflags": BREAK_AWAY} if os.name == "nt" else {"start_new_session": True}
        return cls(
            subprocess.Popen(
                [sys.executable, "-m", "testbed.guardian", token],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env=env,
                **apart,
            ),
            token,
        )

    def protect_group(self, pid: int) -> None:
        """Kill the process group of ``pid``, with its descendants, when the run is gone."""
        self._say("protect", "group", [pid, psutil.Process(pid).create_time()])

    def protect_folder(self, path: Path | str) -> None:
        """Remove the folder; raises ``ValueError`` for one that holds this project or home."""
        folder = Path(path).resolve()
        for precious in (Path.home().resolve(), ROOT):
            if precious == folder or precious.is_relative_to(folder):
                raise ValueError(f"Expected a folder of the run's own, got {folder}")
        self._say("protect", "folder", str(folder))

    def protect_command(self, args: list[str]) -> None:
        """Run a command, such as compose down, in the folder where the run stands now."""
        self._say("protect", "command", [os.getcwd(), *map(str, args)])

    @contextmanager
    def around(self, folder: Path) -> Iterator[None]:
        """Have whatever this process runs carry the token and use ``folder`` for temporary files.

        For what is run by a library, or for its output alone: a report's Node, an installation.
        """
        before = {name: os.environ.get(name) for name in (TOKEN_VARIABLE, "TMPDIR")}
        self.protect_folder(folder)
        os.environ |= {TOKEN_VARIABLE: tokens(self.token), "TMPDIR": str(folder)}
        tempfile.tempdir = None  # read anew
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            tempfile.tempdir = None

    def release(self, kind: str, value) -> None:
        """Forget a ``group``, ``folder`` or ``command``, registered with this very value."""
        plain = {
            "group": lambda: [value],
            "folder": lambda: str(Path(value).resolve()),
            "command": lambda: [os.getcwd(), *map(str, value)],
        }
        self._say("release", kind, plain[kind]())

    def close(self) -> None:
        """End of the run: clean up what is still registered, and wait for it."""
        if self._watcher.stdin.closed:
            return
        try:
            self._watcher.stdin.close()
        except BrokenPipeError:
            return  # somebody killed the watcher; the run has cleaned up after itself
        finally:
            self._await_end()

    def _await_end(self) -> None:
        self._watcher.wait(CLOSE_WITHIN_S)
        with self._watcher.stdout as ended:
            ended.read()  # the watcher's last life sign: it forked away from its first pid

    def _say(self, do: str, kind: str, value) -> None:
        line = json.dumps({"do": do, "kind": kind, "value": value}) + "\n"
        try:
            self._watcher.stdin.write(line.encode())
            self._watcher.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise BenchError(
                "The guardian of this run has ended before the run",
                "it was killed from outside, or the run is closing",
                "Start the run again",
            ) from error


class Charge:
    """What the watcher has to clean up, as told line by line."""

    def __init__(self, token: str):
        self.token = token
        self.kept: dict[str, dict[str, object]] = {"group": {}, "folder": {}, "command": {}}

    def told(self, line: str) -> None:
        """One message of the run. A half line, from a run that died while writing, is void."""
        try:
            message = json.loads(line)
        except ValueError:
            return
        kind, value = message["kind"], message["value"]
        name = json.dumps(value[:1] if kind == "group" else value)
        if message["do"] == "protect":
            self.kept[kind][name] = value
        else:
            self.kept[kind].pop(name, None)

    def clean(self) -> None:
        """Processes and commands side by side, then the folders they used."""
        with ThreadPoolExecutor(8) as pool:
            pool.submit(_tolerant, kill_marked, self.token)
            for pid, created in self.kept["group"].values():
                pool.submit(_tolerant, kill_group, pid, created)
            for cwd, *args in self.kept["command"].values():
                pool.submit(_tolerant, _run, args, cwd)
        for folder in self.kept["folder"].values():
            _tolerant(_remove, Path(folder))


def kill_group(pid: int, created: float) -> None:
    """Kill the group that ``pid`` leads, unless the pid was given to a younger process."""

    def living() -> list[psutil.Process]:
        if not _is_still(pid, created):
            return []
        return find(lambda p: _leads(pid, p.pid), created)

    kill_all(living, f"process group {pid} to be gone")


def watch(token: str) -> None:
    """Listen until the pipe closes, then clean up."""
    charge = Charge(token)
    for line in sys.stdin:
        charge.told(line)
    charge.clean()


def _is_still(pid: int, created: float) -> bool:
    try:
        return psutil.Process(pid).create_time() == created
    except psutil.NoSuchProcess:
        return True  # the leader has ended; the system keeps its number while the group lives


def _leads(leader: int, pid: int) -> bool:
    if pid == leader or os.name == "nt":
        return pid == leader
    try:
        return leader in (os.getpgid(pid), os.getsid(pid))
    except OSError:
        return False


def _run(args: list[str], cwd: str) -> None:
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    subprocess.run(args, cwd=cwd, timeout=COMMAND_WITHIN_S, check=False, **quiet)


def _remove(folder: Path) -> None:
    def removed() -> bool:
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    until(removed, within_s=FOLDER_WITHIN_S, what=f"folder {folder} to be removed")


def _tolerant(act, *args) -> None:
    """One thing that cannot be cleaned must not keep the others from it."""
    try:
        act(*args)
    except (NotReached, OSError, subprocess.SubprocessError, psutil.Error):
        return


def main() -> None:
    """The watcher: out of reach of the run's signals, its group and its family."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(os, "fork") and os.fork():
        os._exit(0)  # an orphan is nobody's descendant
    watch(sys.argv[1])


if __name__ == "__main__":
    main()
