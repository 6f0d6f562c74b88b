"""How long a member of the group was frozen, and what its session made of it."""

import msgspec

from testbed.history import Process

HEARTBEAT_S = 3.0  # Kafka's default between two signs of life


class Pause(msgspec.Struct, frozen=True):
    """One freeze of one instance, in seconds of the scenario."""

    instance: int
    begin: float
    end: float

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return self.end - self.begin


def pauses(processes: list[Process]) -> list[Pause]:
    """Every freeze that ended by a thaw."""
    begun: dict[int, float] = {}
    found = []
    for event in processes:
        if event.what == "paused":
            begun.setdefault(event.instance, event.at)
        elif event.instance in begun:
            begin = begun.pop(event.instance)
            if event.what == "resumed":
                found.append(Pause(event.instance, begin, event.at))
    return found


def may_outlive(pause: Pause, session_s: float) -> bool:
    """Whether the group may have given the member up: its last sign of life may be older."""
    return pause.length_s >= session_s - min(HEARTBEAT_S, session_s / 3)


def must_outlive(pause: Pause, session_s: float) -> bool:
    """Whether the group must have given the member up."""
    return pause.length_s >= session_s
