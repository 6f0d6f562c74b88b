"""When an instance may end with an error code though it did nothing wrong."""

from testbed.checker.case import Case
from testbed.checker.pauses import may_outlive
from testbed.checker.windows import RECONNECT_S, cut_offs
from testbed.history import NAMESAKE, Process


def may_have_been_fenced(case: Case, end: Process) -> bool:
    """Whether the instance was frozen past its session before, or the broker was away just then.

    Another may have taken its work over, or its name; and it may learn of that at any time after:
    while it runs, or in the moment in which it is asked to stop.
    """
    session_s = case.began.session_timeout_s
    given_up = any(
        pause.instance == end.instance and pause.end <= end.at and may_outlive(pause, session_s)
        for pause in case.pauses
    )
    cut_off = any(begin.at <= end.at <= gone + RECONNECT_S for begin, gone in cut_offs(case.faults))
    return given_up or cut_off or _has_a_namesake(case, end)


def _has_a_namesake(case: Case, end: Process) -> bool:
    """Whether somebody else took over the name under which this very run had begun."""
    run = (end.instance, end.incarnation)
    begun = [
        event.at
        for event in case.crew.processes
        if event.what == "started" and (event.instance, event.incarnation) == run
    ]
    return any(
        fault.name == NAMESAKE and any(at <= fault.at <= end.at for at in begun)
        for fault in case.faults
    )
