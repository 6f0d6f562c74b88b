"""The broker's container: its state, its log, and the faults that can be put on it."""

from dataclasses import dataclass
from pathlib import Path

from docker.errors import NotFound

from testbed.brokers.engine import told
from testbed.errors import BenchError
from testbed.wait import until

KILL, STOP, START = "SIGUSR1", "SIGHUP", "SIGUSR2"  # what the compose file's shell listens to
ENDED = ("exited", "dead", "created", "removing", "gone")
LOOK_EVERY_S = 0.05  # one look costs the engine a few milliseconds


@dataclass(frozen=True)
class State:
    """What the engine says: ``health`` is empty where the image has no healthcheck."""

    status: str  # created, running, paused, exited, dead, gone
    health: str = ""  # starting, healthy, unhealthy
    out_of_memory: bool = False
    exit_code: int = 0

    def __str__(self) -> str:
        ended = f", exit code {self.exit_code}" if self.status in ENDED else ""
        return f"container {self.status}{', ' + self.health if self.health else ''}{ended}"


class BrokerContainer:
    """A container of the compose file, by the Docker SDK."""

    def __init__(self, container):
        self._container = container

    @property
    def name(self) -> str:
        """The container's name."""
        return self._container.name

    @property
    def image(self) -> str:
        """The image's name as it was asked for."""
        return self._container.attrs["Config"]["Image"]

    def label(self, name: str) -> str:
        """A label of the container or its image, or empty."""
        return self._container.labels.get(name, "")

    def state(self) -> State:
        """A fresh look; a container that was removed is ``gone``."""
        try:
            with told("look at the broker's container"):
                self._container.reload()
        except BenchError as error:
            if isinstance(error.__cause__, NotFound):
                return State("gone")
            raise
        state = self._container.attrs["State"]
        return State(
            state["Status"],
            (state.get("Health") or {}).get("Status", ""),
            bool(state["OOMKilled"]),
            state["ExitCode"],
        )

    def pause(self) -> None:
        """Freeze every process of the container."""
        with told("pause the broker's container"):
            self._container.pause()

    def resume(self) -> None:
        """Let them run again."""
        with told("resume the broker's container"):
            self._container.unpause()

    def end_broker(self, *, clean: bool, within_s: float) -> None:
        """End the broker, orderly or at once; the container and its data stay.

        Raises ``NotReached`` when it still runs after ``within_s`` seconds.
        """
        with told("signal the broker"):
            self._container.kill(signal=STOP if clean else KILL)
        until(
            lambda: not self.broker_runs(),
            within_s=within_s,
            what="the broker in its container to end",
            describe=self.state,
            every_s=LOOK_EVERY_S,
        )

    def start_broker(self) -> None:
        """Start the broker that was ended, on the same data; it is not ready yet."""
        with told("start the broker again"):
            self._container.kill(signal=START)

    def broker_runs(self) -> bool:
        """Whether the shell that holds the container has the broker as its child."""
        with told("list the container's processes"):
            table = self._container.top()
        columns = table["Titles"]
        parent, command = columns.index("PPID"), columns.index("CMD")
        holder = str(self._container.attrs["State"]["Pid"])
        rows = (row for row in table["Processes"] if row[parent] == holder)
        return any(not row[command].startswith("sleep") for row in rows)

    def logs(self, tail: int | str = "all") -> str:
        """The broker's output so far, or its last lines."""
        with told("read the broker's log"):
            return self._container.logs(tail=tail).decode("utf-8", "replace")

    def save_logs(self, target: Path) -> None:
        """Write the whole output to a file, piece by piece, with the engine's timestamps."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with told("save the broker's log"), target.open("wb") as file:
            file.writelines(self._container.logs(stream=True, follow=False, timestamps=True))

    def remove(self) -> None:
        """Take it away with its data, whatever its state."""
        with told("remove the broker's container"):
            self._container.remove(force=True, v=True)
