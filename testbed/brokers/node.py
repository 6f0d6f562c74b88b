"""One Kafka process on a folder of its own, seen from any process of the run.

The folder tells all that another process needs: ``launch.json`` how it is started,
``process.json`` which process it is now, ``kafka.log`` what it said.
"""

import json
import os
import secrets
import shutil
from pathlib import Path

import psutil

from testbed.brokers.java import environment
from testbed.errors import BenchError
from testbed.processes import Spawned, spawn
from testbed.wait import until

GONE_WITHIN_S = 10.0  # SIGKILL acts at once
STOP_WITHIN_S = 20.0  # an orderly end takes half a second; a loaded machine needs longer
LOG = "kafka.log"
TAIL_BYTES = 4096
NICE = ["nice", "-n", "19"]

# What this process has started, by pid, whichever Node did: a parent alone can collect a child.
_CHILDREN: dict[int, Spawned] = {}


class Node:
    """Starts, ends and freezes the process; says nothing about whether Kafka is ready."""

    def __init__(self, folder: Path):
        self.folder, self.log = folder, folder / LOG
        self._launch, self._process = folder / "launch.json", folder / "process.json"

    def define(self, args: list[str], *, token: str, outlives: bool = False) -> None:
        """Set how the process is started, now and later; ``outlives`` the run, or not.

        ``token`` is the run's: whichever process of the run starts the broker, its guardian
        finds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        own = secrets.token_hex(4)  # so that the end of this one ends nothing else of the run
        told = {"args": args, "token": f"{token} broker-{own}", "outlives": outlives}
        self._launch.write_text(json.dumps(told), "utf-8")

    def launch(self, *more: str, in_background: bool = False) -> int:
        """Start it, with ``more`` words at the end of its command; returns its pid.

        ``in_background``: with what others leave of the processors, where the system can.
        """
        told = json.loads(self._launch.read_text("utf-8"))
        first = NICE if in_background and shutil.which(NICE[0]) else []
        args, outlives = [*first, *told["args"], *more], told["outlives"]
        spawned = spawn(
            args, env=environment(), log=self.log, token=told["token"], outlives=outlives
        )
        _CHILDREN[spawned.pid] = spawned
        created = psutil.Process(spawned.pid).create_time()
        partial = self._process.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps({"pid": spawned.pid, "created": created}), "utf-8")
        partial.replace(self._process)
        return spawned.pid

    def process(self) -> psutil.Process | None:
        """The living process, whoever of the run started it."""
        told = self._told()
        try:
            process = psutil.Process(told["pid"]) if told else None
            same = process and process.create_time() == told["created"]
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None

    @property
    def running(self) -> bool:
        """Whether it lives; a frozen one does."""
        return self.process() is not None

    def kill(self) -> None:
        """End it at once, and wait until it is gone."""
        told = self._told()
        process = self.process()
        if process:
            _signal(process, psutil.Process.kill)
        own = _CHILDREN.pop(told["pid"], None) if told else None
        if own:
            own.kill()
        self._await_end(GONE_WITHIN_S)

    def terminate(self, within_s: float = STOP_WITHIN_S) -> None:
        """Ask it to stop in order, and kill it where it does not.

        Raises ``NotReached`` if it had to be killed.
        """
        process = self.process()
        own = _CHILDREN.get(process.pid) if process else None
        if own:
            own.terminate()
        elif process:
            _signal(process, psutil.Process.terminate)
        try:
            self._await_end(within_s)
        finally:
            self.kill()

    def suspend(self) -> None:
        """Freeze it; returns when it stands still."""
        process = self._living()
        _signal(process, psutil.Process.suspend)
        until(
            lambda: process.status() == psutil.STATUS_STOPPED,
            within_s=GONE_WITHIN_S,
            what="the broker to be frozen",
            describe=process.status,
        )

    def resume(self) -> None:
        """Let it run again."""
        _signal(self._living(), psutil.Process.resume)

    def last_words(self) -> str:
        """The end of its log."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - TAIL_BYTES))
                return file.read().decode("utf-8", "replace").strip()
        except OSError:
            return ""

    def _told(self) -> dict | None:
        try:
            return json.loads(self._process.read_text("utf-8"))
        except FileNotFoundError:
            return None

    def _living(self) -> psutil.Process:
        process = self.process()
        if process is None:
            raise BenchError("The embedded broker is not running", self.last_words()[-500:])
        return process

    def _await_end(self, within_s: float) -> None:
        until(
            lambda: not self.running,
            within_s=within_s,
            what="the broker's process to be gone",
            describe=self.process,
        )


def _signal(process: psutil.Process, act) -> None:
    try:
        act(process)
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied as error:
        raise BenchError(f"No permission to signal the broker, process {process.pid}") from error
