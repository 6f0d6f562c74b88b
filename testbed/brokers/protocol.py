"""What every broker can do, and what only some can.

A capability is a small protocol of its own: a step that needs one asks
``isinstance(broker, CanKill)`` and skips, with the reason, where it is missing.
"""

from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec


class ProxiedListener(msgspec.Struct, frozen=True):
    """A way in that the broker advertises under another address, where a proxy has to listen.

    Both are host:port: what clients are told, and what the broker really binds.
    """

    advertised: str
    bound: str


class Handover(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A running broker in words: how another process of the same run reaches it.

    ``why`` is the one line that says which broker was chosen and for what reason.
    ``client_config`` are librdkafka properties (never logged); ``owned``: this run started it.
    """

    kind: str  # kafka, redpanda, external
    bootstrap_servers: str
    name: str = ""  # for people: "Apache Kafka 4.4.0 (embedded)"
    why: str = ""
    client_config_path: str = ""
    stand_in: bool = False
    owned: bool = True
    log_path: str = ""
    pid: int | None = None
    container: str = ""
    ready_s: float | None = None  # from start to ready
    proxied: tuple[ProxiedListener, ...] = ()  # whoever binds an advertised address owns it


@runtime_checkable
class Broker(Protocol):
    """A broker that can be started, reached and stopped. ``stop`` may be called twice."""

    def start(self) -> Handover:
        """Start, wait until it answers, and say how to reach it.

        Raises ``CannotStart`` with cause and next step, leaving nothing running.
        """

    def stop(self) -> None:
        """Take down what ``start`` started, and nothing else."""

    @property
    def handover(self) -> Handover:
        """How to reach it; raises ``BenchError`` before ``start``."""


@runtime_checkable
class CanPause(Protocol):
    """Freeze and thaw the broker process."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...


@runtime_checkable
class CanKill(Protocol):
    """End the broker at once, as a power cut would; data written so far stays."""

    def kill(self) -> None: ...


@runtime_checkable
class CanRestart(Protocol):
    """Start again on the same data and the same port, after a stop or a kill."""

    def restart(self, *, clean: bool = True) -> None: ...


@runtime_checkable
class HasLogs(Protocol):
    """Hand over the broker's own log."""

    def save_logs(self, target: Path) -> None: ...


@runtime_checkable
class HasNodes(Protocol):
    """Several nodes that can be ended and started, or frozen, one by one, each by its id."""

    @property
    def nodes(self) -> tuple[int, ...]: ...

    def is_up(self, node: int) -> bool: ...

    def end_node(self, node: int, *, clean: bool) -> None: ...

    def start_node(self, node: int) -> None: ...

    def pause_node(self, node: int) -> None: ...

    def resume_node(self, node: int) -> None: ...

    def stored(self, topic: str, partition: int) -> dict[int, int]: ...
