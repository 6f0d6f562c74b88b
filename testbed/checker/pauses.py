"""How long a member of the group was frozen, and what its session made of it."""

import msgspec
from msgspec.structs import replace

from testbed.history import Process

HEARTBEAT_S = 3.0  # Kafka's default between two signs of life
BREATH_S = 1.0  # awake for less, a member may have sent none


class Pause(msgspec.Struct, frozen=True):
    """One freeze of one instance, in seconds of the scenario; it ended by a thaw or by death."""

    instance: int
    begin: float
    end: float
    thawed: bool = True

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return self.end - self.begin


def pauses(processes: list[Process]) -> list[Pause]:
    """Every freeze that ended; breaths between two that are too short for a sign count in."""
    found: dict[int, list[Pause]] = {}
    begun: dict[int, float] = {}
    for event in processes:
        number = event.instance
        if event.what == "paused":
            begun[number] = event.at
        elif number in begun:
            _extend(found.setdefault(number, []), _pause(event, begun.pop(number)))
    return [pause for several in found.values() for pause in several]


def _pause(end: Process, begin: float) -> Pause:
    return Pause(end.instance, begin, end.at, end.what == "resumed")


def _extend(several: list[Pause], pause: Pause) -> None:
    if several and pause.begin - several[-1].end < BREATH_S:
        pause = replace(pause, begin=several.pop().begin)
    several.append(pause)


def may_outlive(pause: Pause, session_s: float) -> bool:
    """Whether the group may have given the member up: its last sign of life may be older."""
    return pause.thawed and pause.length_s >= session_s - min(HEARTBEAT_S, session_s / 3)


def must_outlive(pause: Pause, session_s: float) -> bool:
    """Whether the group must have given the member up."""
    return pause.thawed and pause.length_s >= session_s
