"""What happened around the records: starts, stops, kills, faults and rebalances, in words."""

from typing import NamedTuple

from testbed.history import Fault, Group, History, Process

DEEDS = {
    "started": "was started",
    "ready": "became ready",
    "stopping": "was asked to stop",
    "killed": "was killed",
    "paused": "was frozen",
    "resumed": "was thawed",
    "exited": "exited",
}
STATES = {
    "started": "up",
    "resumed": "up",
    "paused": "frozen",
    "killed": "down",
    "exited": "down",
}
REBALANCING = ("preparing", "completing", "assigning", "reconciling")


class Moment(NamedTuple):
    """``kind``: process, fault or group; ``at`` in seconds since the scenario began."""

    at: float
    kind: str
    words: str


class Span(NamedTuple):
    """Something that lasted. ``kind``: down, frozen, fault or rebalance."""

    begin: float
    end: float
    kind: str
    words: str


def moments(history: History) -> list[Moment]:
    """All of them in order of time; the group only where its state or size changed."""
    found = [Moment(one.at, "process", _process(one)) for one in history.of(Process)]
    found += [Moment(one.at, "fault", _fault(one)) for one in history.of(Fault)]
    found += _group_moments(history)
    return sorted(found)


def spans(history: History, end: float) -> list[Span]:
    """Stretches to shade: instances down or frozen, faults, rebalances; open ones reach ``end``."""
    return sorted(
        [*_process_spans(history, end), *_fault_spans(history, end), *_rebalances(history, end)]
    )


def _process(event: Process) -> str:
    words = f"service {event.instance} {DEEDS.get(event.what, event.what)}"
    if event.what == "started" and event.incarnation > 1:
        words += " again"
    if event.what == "exited" and event.exit_code is not None:
        words += f" with code {event.exit_code}"
    return words + (" by itself" if event.what == "exited" and event.by == "consumer" else "")


def _fault(event: Fault) -> str:
    return f"{event.name} {'begins' if event.phase == 'begin' else 'ends'}"


def _group_moments(history: History) -> list[Moment]:
    found, before = [], None
    for event in history.of(Group):
        now = (event.state, len(event.members))
        if now != before:
            found.append(Moment(event.at, "group", _group(event)))
        before = now
    return found


def _group(event: Group) -> str:
    state = event.state.replace("_", " ").lower()
    members = len(event.members)
    return f"group is {state}, {members} member{'' if members == 1 else 's'}"


def _process_spans(history: History, end: float) -> list[Span]:
    """Per instance; a service that was down when all was over is no stretch of interest."""
    found, since = [], {}
    for event in history.of(Process):
        state = STATES.get(event.what)
        before, begin = since.get(event.instance, ("down", 0.0))
        if state is None or (state == before and event.instance in since):
            continue
        if before != "up" and event.instance in since:
            found.append(Span(begin, event.at, before, f"service {event.instance} {before}"))
        since[event.instance] = (state, event.at)
    found += [
        Span(begin, end, state, f"service {instance} {state}")
        for instance, (state, begin) in since.items()
        if state == "frozen"
    ]
    return found


def _fault_spans(history: History, end: float) -> list[Span]:
    found, open_spans = [], {}
    for event in history.of(Fault):
        if event.phase == "begin":
            open_spans.setdefault(event.name, event.at)
        else:
            begin = open_spans.pop(event.name, event.at)
            found.append(Span(begin, event.at, "fault", event.name))
    return found + [Span(begin, end, "fault", name) for name, begin in open_spans.items()]


def _rebalances(history: History, end: float) -> list[Span]:
    found, begun = [], None
    for event in history.of(Group):
        unsettled = event.state.lower().startswith(REBALANCING)
        if unsettled and begun is None:
            begun = event.at
        elif not unsettled and begun is not None:
            found.append(Span(begun, event.at, "rebalance", "rebalance"))
            begun = None
    return found + ([Span(begun, end, "rebalance", "rebalance")] if begun is not None else [])
