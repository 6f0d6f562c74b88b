"""The consumer under test as processes: one group, stable instance numbers."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from testbed import caches, command
from testbed.brokers import properties
from testbed.errors import CannotStart, NotReached
from testbed.history import History, Process
from testbed.processes import Spawned, spawn
from testbed.wait import until

TAIL = 15  # lines of a log that explain a death
LINE = 300  # characters of each
LOOK_EVERY_S = 0.1  # at what a stopped process left behind: all processes are gone through


@dataclass
class Instance:
    """One member of the group: its number stays over restarts, its incarnation counts them."""

    number: int
    values: dict[str, str]
    log: Path
    incarnation: int = 0
    process: Spawned | None = None
    wanted: bool = False  # whether it is meant to run now
    watched: bool = False  # whether an exit by itself is still to be reported

    @property
    def running(self) -> bool:
        """Whether its process lives (frozen counts as alive)."""
        return self.process is not None and self.process.running


@dataclass
class Fleet:
    """Starts, stops, freezes and kills instances, and records what happened to each."""

    words: list[str]
    values: dict[str, str]
    history: History
    logs: Path
    name: str
    cwd: Path
    token: str
    free_port: Callable[[], int]
    stop_within_s: float
    # How long a member whose process is gone still looks alive to the group.
    session_s: float = 0.0
    in_group: Callable[[], bool] = lambda: False  # whether anybody is a member
    instances: dict[int, Instance] = field(default_factory=dict)

    def start(self, number: int = 0, *, extra: tuple[str, ...] = ()) -> Instance:
        """Start an instance; ``extra`` words go behind the command (the reference only)."""
        instance = self.instances.get(number) or self._new(number)
        instance.incarnation += 1
        args = command.fill(self.words, instance.values) + list(extra)
        env = caches.with_bytecode(os.environ) | command.environment(instance.values)
        instance.process = spawn(
            args, env=env, cwd=self.cwd, log=instance.log, token=self._token(number),
            secrets=_secrets(instance.values),
        )  # fmt: skip
        instance.wanted = instance.watched = True
        self._record(instance, "started", pid=instance.process.pid)
        return instance

    def stop(self, number: int = 0) -> int | None:
        """Ask an instance to stop and wait; one that does not is killed, and that is recorded."""
        instance = self.instances[number]
        if not self._still_running(instance):
            return instance.process.poll() if instance.process else None
        instance.wanted = instance.watched = False
        begun = self.history.now()
        self._record(instance, "stopping")
        instance.process.terminate()
        return self._await_exit(instance, begun)

    def prepare(self, number: int, **values: str) -> None:
        """Have one instance get values of its own, before it is started."""
        instance = self.instances.get(number) or self._new(number)
        instance.values.update(values)

    def give(self, **values: str) -> None:
        """Have every instance get these values of the command's from its next start on."""
        for known in (self.values, *(one.values for one in self.instances.values())):
            known.update(values)

    def kill(self, number: int = 0) -> None:
        """End an instance at once, with all that it started."""
        instance = self.instances[number]
        if not self._still_running(instance):
            return
        instance.wanted = instance.watched = False
        instance.process.kill()
        self._record(instance, "killed")

    def pause(self, number: int = 0) -> None:
        """Freeze an instance."""
        self.instances[number].process.suspend()
        self._record(self.instances[number], "paused")

    def resume(self, number: int = 0) -> None:
        """Let a frozen instance go on."""
        self.instances[number].process.resume()
        self._record(self.instances[number], "resumed")

    def ready(self) -> None:
        """Record that every running instance is ready."""
        for instance in self.running():
            self._record(instance, "ready")

    def running(self) -> list[Instance]:
        """The instances whose process lives; an exit by itself is recorded on the way."""
        return [one for one in self.instances.values() if self._still_running(one)]

    def await_exit(self, number: int, within_s: float) -> int | None:
        """Wait for an instance that ends by itself as asked, and record its exit code."""
        instance = self.instances[number]
        instance.wanted = instance.watched = False
        code = instance.process.wait(within_s)
        self._record(instance, "exited", exit_code=code)
        return code

    def expect_running(self) -> None:
        """Raise ``CannotStart`` with the log's end for an instance that is gone."""
        for instance in self.instances.values():
            if instance.wanted and not instance.running:
                raise CannotStart(
                    "Consumer process failed to start",
                    f"it ended with exit code {instance.process.poll()}; "
                    f"the end of its log says:\n{tail(instance.log)}\n",
                    f"The whole log is {instance.log}. Check the model, its dependencies, "
                    "its ports, and run the command by hand to debug",
                )

    def close(self) -> None:
        """Kill whatever still runs."""
        for instance in self.instances.values():
            if instance.running:
                instance.process.kill()

    def _token(self, number: int) -> str:
        """The run's token and one of the instance's own, so that its end ends nobody else."""
        return f"{self.token} {self.values['group_id']}-{number}"

    def _new(self, number: int) -> Instance:
        values = self.values | {
            "instance": str(number),
            "metrics_port": str(self.free_port()),
        }
        slug = re.sub(r"[^A-Za-z0-9._-]+", "-", self.name)
        instance = Instance(number, values, self.logs / f"consumer-{slug}-{number}.log")
        self.instances[number] = instance
        return instance

    def _still_running(self, instance: Instance) -> bool:
        if instance.running:
            return True
        if instance.watched and instance.process:
            instance.watched = False
            self._record(instance, "exited", by="consumer", exit_code=instance.process.poll())
        return False

    def _await_exit(self, instance: Instance, begun: float) -> int | None:
        """What it leaves behind goes too; where that is still at work, it has not stopped."""

        def took_s() -> float:
            return round(self.history.now() - begun, 3)

        try:
            code = instance.process.wait(self.stop_within_s)
        except NotReached:
            instance.process.kill()
            self._record(instance, "killed", by="timeout", took_s=took_s())
            return None
        ended_s = took_s()
        at_work = self._left_at_work(instance, self.stop_within_s - ended_s)
        instance.process.kill()
        if at_work:
            self._record(instance, "killed", by="timeout", took_s=took_s(), left_behind=at_work)
            return None
        self._record(instance, "exited", exit_code=code, took_s=ended_s)
        return code

    def _left_at_work(self, instance: Instance, within_s: float) -> int:
        """How many processes outlast the leader as members of the group, if any does.

        A helper that idles on is no member. One that ended without leaving looks like a member
        until its session is over, and other instances always do: beside them nobody can tell.
        """
        if self.running():
            return 0

        def at_rest() -> bool:
            return not instance.process.family() or not self.in_group()

        try:
            until(
                at_rest,
                within_s=max(within_s, self.session_s),
                what="what a stopped process left behind to end",
                every_s=LOOK_EVERY_S,
            )
        except NotReached:
            return len(instance.process.family())
        return 0

    def _record(self, instance: Instance, what: str, **more) -> None:
        self.history.append(
            Process(instance=instance.number, incarnation=instance.incarnation, what=what, **more)
        )


def _secrets(values: dict[str, str]) -> set[bytes]:
    """What no log may show of the client properties that an instance is given."""
    path = Path(values.get("client_config") or "")
    given = properties.read(path) if path.is_file() else {}
    return {form.encode() for form in properties.secret_forms(given)}


def tail(log: Path, lines: int = TAIL) -> str:
    """The last lines of a log, or a word that there are none."""
    if not log.exists() or not log.stat().st_size:
        return "  (the log is empty)"
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 16_384))
        text = stream.read().decode("utf-8", "replace")
    return "\n".join("  " + _harmless(line) for line in text.splitlines()[-lines:])


def _harmless(line: str) -> str:
    """What a terminal or a page only shows: whatever orders, reorders or hides is an escape."""
    cut = line if len(line) <= LINE else f"{line[:LINE]}… ({len(line)} characters)"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)
