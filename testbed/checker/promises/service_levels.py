"""The service keeps its service levels.

Promises: when all is over, every input partition counts as done to its end; and each figure that
has a limit is within it: the percentiles of the time from when an event was due until it was
answered, the time to work off a backlog, the time to be back after a kill.
Inferred from: a load by a schedule, whose times count although sending was held up; the
processes; and the commits that were seen. An event without an answer took for ever. What is
late only because the suite published late is UNKNOWN, and so is a percentile over a few events.
Cannot see: times below the reader's resolution of 25 ms, and the time between two looks at the
commits, a tenth of a second. An empty partition proves nothing about a backlog.
"""

from math import inf

from testbed.checker import levels
from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import INPUT

ABOUT = About(levels.SLUG, "The service keeps its service levels", ("INV-20",))
LEAST = 200  # events, for a percentile to say something


def check(case: Case) -> Finding:
    """Judge the backlog of every partition, then each figure that has a limit."""
    if not case.requires(ABOUT.slug):
        return ABOUT.not_asked("the scenario is not about how fast the service is")
    figures = levels.figures(case)
    if not figures:
        return ABOUT.finding(0, unknown="nothing was timed: no steady load, no backlog, no kill")
    limits = {name: most for name, most in case.began.service_levels.items() if name in figures}
    over = {name: most for name, most in limits.items() if figures[name] > most}
    doubts = {name: why for name in over if (why := _doubt(case, name, over[name]))}
    behind = levels.behind(case)
    violations = [_behind(p, count) for p, count in behind.items() if count]
    violations += [_over(name, figures[name], over[name]) for name in over if name not in doubts]
    unknown = "; ".join(doubts.values()) or _empty(case, behind) or _few(limits, figures)
    return ABOUT.finding(len(behind) + len(limits), violations, unknown)


def _doubt(case: Case, name: str, most: float) -> str:
    """Whether it was the suite that was late, or empty."""
    if not name.startswith("latency"):
        return ""
    own = levels.latency(levels.delays(case), lambda one: one.since_published)[name]
    if own > most:
        return ""
    return f"{name} is over its limit only because the suite published late"


def _empty(case: Case, behind: dict[int, int]) -> str:
    empty = [str(p) for p in range(case.began.partitions.get(INPUT, 0)) if p not in behind]
    return f"nothing was published on {INPUT}[{', '.join(empty)}]" if empty else ""


def _few(limits: dict[str, float], figures: dict[str, float]) -> str:
    count = figures.get("latency_events", LEAST)
    asked = any(name.startswith("latency") for name in limits)
    return f"{count} events say nothing about percentiles" if asked and count < LEAST else ""


def _behind(partition: int, count: int) -> Violation:
    return ABOUT.violation(
        f"the backlog of {INPUT}[{partition}] at the end",
        expected="0",
        got=f"{count} events that do not count as done",
        where=f"{INPUT}[{partition}]",
    )


def _over(name: str, figure: float, most: float) -> Violation:
    got = "never" if figure == inf else f"{figure:g}"
    return ABOUT.violation(name, expected=f"at most {most:g}", got=got)
