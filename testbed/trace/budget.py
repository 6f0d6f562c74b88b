"""A run's time, added up: each moment of a worker counts once, for the innermost span there."""

import re
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from testbed.tracing import Span

NUMBERS = re.compile(r"\d+(\.\d+)?")
OUTER = ("run", "scenario")  # what they hold is told, and not they


class Line(msgspec.Struct, frozen=True):
    """One thing that took time: how often, and how long by itself, in seconds."""

    kind: str
    what: str
    times: int
    own_s: float


def lines(processes: Iterable[Iterable[Span]]) -> list[Line]:
    """The spans of several processes' main lanes, each without those inside it."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    own_s: dict[tuple[str, str], float] = defaultdict(float)
    for span, alone_s in (pair for spans in processes for pair in exclusive(spans)):
        key = (span.kind, "between the steps" if span.kind in OUTER else general(span.what))
        counts[key] += 1
        own_s[key] += alone_s
    found = [Line(kind, what, counts[kind, what], own_s[kind, what]) for kind, what in counts]
    return sorted(found, key=lambda line: -line.own_s)


def exclusive(spans: Iterable[Span]) -> list[tuple[Span, float]]:
    """Each span of one process's main lane with the seconds in which no span inside it was open."""
    ordered = sorted((one for one in spans if not one.lane), key=lambda one: (one.begin, -one.end))
    alone = {id(one): one.length_s for one in ordered}
    open_spans: list[Span] = []
    for span in ordered:
        while open_spans and open_spans[-1].end <= span.begin:
            open_spans.pop()
        if open_spans:
            alone[id(open_spans[-1])] -= span.length_s
        open_spans.append(span)
    return [(one, max(0.0, alone[id(one)])) for one in ordered]


def general(what: str) -> str:
    """The same words for the same thing: 5 events and 7 events are both N events."""
    return NUMBERS.sub("N", what)
