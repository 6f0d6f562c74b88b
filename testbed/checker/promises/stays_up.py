"""The service stays up.

Promises: no instance ends unless it is asked to, whatever the events say.
Inferred from: process events. An instance that was frozen past its session, cut off from the
broker, or whose transactions another program took over, may end with an error code: to be fenced
is such a case, and lag-returns says whether the service recovered.
Cannot see: an instance that lives and does nothing (lag-returns).
"""

from collections import Counter

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.crew import BY_ITSELF
from testbed.checker.fencing import may_have_been_fenced
from testbed.checker.promise import About
from testbed.checker.verdict import Finding
from testbed.history import Process

ABOUT = About("stays-up", "The service stays up", ("INV-20", "INV-24"))


def check(case: Case) -> Finding:
    """Judge every run of every instance."""
    runs = sum(event.what == "started" for event in case.crew.processes)
    if not runs:
        return ABOUT.not_asked("no instance was started")
    ended = [
        event
        for event in case.crew.processes
        if event.what == "exited" and event.by == BY_ITSELF and not _excused(case, event)
    ]
    times = Counter(event.instance for event in ended)
    violations = [
        ABOUT.violation(
            f"instance {event.instance}, run {event.incarnation}",
            expected="to run until it is asked to stop",
            got=f"ended by itself at {wording.moment(event.at)} {_code(event.exit_code)}"
            f"{_again(times[event.instance])}",
            at=event.at,
        )
        for event in ended
    ]
    return ABOUT.finding(runs, violations)


def _code(code: int | None) -> str:
    if code is not None and code < 0:
        return f"by signal {-code}, which the suite did not send"
    return f"with exit code {code}"


def _again(times: int) -> str:
    return f", one of {times} such ends" if times > 1 else ""


def _excused(case: Case, event: Process) -> bool:
    return event.exit_code != 0 and may_have_been_fenced(case, event)
