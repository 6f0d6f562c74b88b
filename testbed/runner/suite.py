"""One pass over the features: behave workers, their progress, and a watch over their silence."""

import json
import os
import re
import sys
import time
from collections import deque
from pathlib import Path

from testbed.caches import with_bytecode
from testbed.errors import NotReached
from testbed.limits import Limits
from testbed.processes import Spawned, spawn
from testbed.reporting.record import PASS
from testbed.reporting.text import harmless
from testbed.runner.console import COLOURS, Console
from testbed.runner.sharing import STOPPED
from testbed.runner.tail import Tail
from testbed.wait import until

ROOT = Path(__file__).resolve().parents[2]
HANDOVER = "TESTBED_HANDOVER"
COMPANY = "TESTBED_COMPANY"
SHARD = "TESTBED_SHARD"
SILENCE_MARGIN_S = 30.0  # a scenario past its own limit ends itself before the run ends it
STOP_WITHIN_S = 5.0  # of the ten seconds that an interrupted run may take
EVERY_S = 0.05
FOLDERS = ("output", "progress", "events")  # one file of each for every worker
LAST_WORDS = 15  # lines of behave that explain an early end
WORDS = {"PASSED": "SUCCESS", "FAILED": "ERROR", "ERROR": "WARNING", "SKIPPED": "INFO"}
SCENARIO_ENDED = re.compile(r"^\S.*?  (PASSED|FAILED|ERROR|SKIPPED)\b")


def behave_environment() -> dict[str, str]:
    """The environment of a behave that imports this project from wherever it is run."""
    path = [str(ROOT), os.environ.get("PYTHONPATH")]
    return with_bytecode(os.environ) | {
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }


class Suite:
    """Start with ``start``, follow with ``wait``; ``stop`` is safe at any time."""

    def __init__(self, folder: Path, console: Console, limits: Limits):
        self._folder, self._console = folder, console
        self._workers: list[Spawned] = []
        self._output, self._progress, self._events = (Tail(folder / name) for name in FOLDERS)
        self._planned = self._ended = 0
        self._fail_fast = False
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._now, self._since = "starting", time.monotonic()
        self._sign = time.monotonic()
        # Until the first scenario begins, behave waits for the broker.
        self._silence_s = SILENCE_MARGIN_S + limits.broker_ready_s + limits.image_pull_s
        self._scenario_s = limits.scenario_s

    def start(
        self,
        count: int,
        behave_args: tuple[str, ...],
        handover: Path,
        token: str,
        *,
        several: bool = False,
        shard: str = "",
        fail_fast: bool = False,
    ) -> None:
        """Start ``count`` workers over one folder of claims.

        ``several``: passes, each its own; ``shard``: only this part of the features;
        ``fail_fast``: no scenario begins after one has failed.
        """
        self._fail_fast = fail_fast
        for name in FOLDERS:  # behave's own way of making one fails where two workers do it at once
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        env = behave_environment() | {HANDOVER: str(handover)}
        if count > 1:
            env[COMPANY] = str(count)
        if several:
            env[PASS] = self._folder.name
        if shard:
            env[SHARD] = shard
        if fail_fast:
            behave_args = (*behave_args, "--stop")
        command = [sys.executable, "-m", "testbed.runner", str(self._folder), *behave_args]
        for number in range(count):
            log = self._folder / "output" / f"{number}.log"
            self._workers.append(spawn(command, env=env, log=log, token=token))

    def wait(self) -> list[int]:
        """Follow the workers to their end; their exit codes. Raises ``NotReached`` on silence."""
        while True:
            codes = [worker.poll() for worker in self._workers]
            self.tell()
            if None not in codes:
                return codes
            if time.monotonic() - self._sign > self._silence_s:
                self._give_up()
            self._pause()

    def tell(self) -> None:
        """Show what has come since the last time."""
        for line in self._output.lines():
            shown = harmless(line)  # the consumer's last words may be among it
            self._console.detail(shown)
            self._last_words.append(shown)
        for line in self._events.lines():
            self._on_event(json.loads(line))
        for line in self._progress.lines():
            self._on_progress(line)
        self._console.live(self._live_line())

    @property
    def last_words(self) -> str:
        """What behave printed in the end, for a message."""
        return "\n".join(line for line in self._last_words if line.strip())

    def stop(self) -> None:
        """Ask as Ctrl-C does, give a little time, then kill; tell what was said last."""
        if any(worker.running for worker in self._workers):
            self._console.detail("[runner] asking behave to stop")
        for worker in self._workers:
            worker.interrupt()
        end = time.monotonic() + STOP_WITHIN_S
        for worker in self._workers:
            try:
                worker.wait(max(0.0, end - time.monotonic()))
            except NotReached:
                self._console.detail(f"[runner] behave ({worker.pid}) does not stop: killed")
            worker.kill()
        self.tell()

    def _pause(self) -> None:
        end = time.monotonic() + EVERY_S
        until(
            lambda: time.monotonic() >= end or all(not worker.running for worker in self._workers),
            within_s=1.0,
            what="the next look at behave",
        )

    def _give_up(self) -> None:
        for worker in self._workers:
            worker.kill()
        raise NotReached(
            f"Expected a sign of life from behave within {self._silence_s:g} s",
            f"last seen: {self._now}",
            "See reports/kafka_integration.log; behave and its consumers were killed",
        )

    def _live_line(self) -> str:
        if self._ended >= self._planned:
            return "finishing" if self._planned else self._now
        seconds = time.monotonic() - self._since
        return f"({self._ended + 1}/{self._planned}) {self._now}  {seconds:.0f} s"

    def _on_event(self, event: dict) -> None:
        self._sign = time.monotonic()
        if event["event"] == "plan":
            self._planned = event["scenarios"]
        elif event["event"] == "scenario":
            self._silence_s = SILENCE_MARGIN_S + self._scenario_s
            self._now, self._since = f"{event['place']}  {event['name']}", time.monotonic()

    def _on_progress(self, line: str) -> None:
        match = SCENARIO_ENDED.match(line)
        self._ended += bool(match)
        if match and self._fail_fast and match[1] in ("FAILED", "ERROR"):
            (self._folder / STOPPED).touch()
        self._console.line(line, COLOURS[WORDS[match[1]]] if match else "")
