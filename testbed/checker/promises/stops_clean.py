"""The service stops when asked, with its work done.

Promises: an instance that is asked to stop ends within the limit, with all its processes that
are members of the group, and every outcome that is
visible then counts as done. The reference ends with exit code 0, unless it was given up before
and learns of that just then.
Inferred from: process events, and the last look before anything is started again. Outcomes that
an earlier unclean event may have left uncommitted are not laid on the one that stopped.
Cannot see: stops of one instance while others go on committing, but for the end in time of the
process that was asked. A stop before the service was ready is judged for the reference only.
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.crew import IGNORED_STOP
from testbed.checker.entry import Entry
from testbed.checker.fencing import may_have_been_fenced
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import Checkpoint, Process

ABOUT = About(
    "stops-clean", "The service stops when asked, with its work done", ("INV-07", "INV-09")
)
AT_REST = ("stopped", "final")
REFERENCE = "reference"


def check(case: Case) -> Finding:
    """Judge every stop, and the work at rest behind it."""
    stops = [event for event in case.crew.processes if event.what == "stopping"]
    if not stops:
        return ABOUT.not_asked("no instance was asked to stop")
    judged = [stop for stop in stops if _was_ready(case, stop)]
    violations = [one for stop in judged for one in _ending(case, stop)]
    for look in _rests(case, judged):
        violations += _left_undone(case, look)
    return ABOUT.finding(len(judged), violations, "" if judged else "never ready before a stop")


def _was_ready(case: Case, stop: Process) -> bool:
    """Ready as the group saw it, or known to work by an outcome since its start."""
    if case.began.consumer == REFERENCE:
        return True
    begun = 0.0
    for event in case.crew.processes:
        if (event.instance, event.incarnation) == (stop.instance, stop.incarnation):
            if event.what == "ready":
                return True
            begun = event.at if event.what == "started" else begun
    return any(begun < outcome.at < stop.at for outcome in case.seen)


def _ending(case: Case, stop: Process) -> list[Violation]:
    who = f"instance {stop.instance}, run {stop.incarnation}"
    end = _end_of(case, stop)
    if end is None:
        return []
    if end.what == "killed" and end.by == IGNORED_STOP:
        return [_violation(who, "to end within the limit", _still_there(end), end)]
    failed = end.what == "exited" and end.exit_code != 0
    if case.began.consumer == REFERENCE and failed and not may_have_been_fenced(case, end):
        return [_violation(who, "exit code 0", f"exit code {end.exit_code}", end)]
    return []


def _still_there(end: Process) -> str:
    waited = f" after {end.took_s:.1f} s" if end.took_s is not None else ""
    if not end.left_behind:
        return f"still running{waited}, so that it had to be killed"
    return (
        f"its first process ended, and {end.left_behind} of those that it had started were still "
        f"members of the group{waited}, so that they had to be killed"
    )


def _end_of(case: Case, stop: Process) -> Process | None:
    run = (stop.instance, stop.incarnation)
    ends = (
        event
        for event in case.crew.processes
        if event.at >= stop.at
        and event.what in ("exited", "killed")
        and (event.instance, event.incarnation) == run
    )
    return next(ends, None)


def _violation(who: str, expected: str, got: str, event: Process) -> Violation:
    return ABOUT.violation(who, expected=expected, got=got, at=event.at)


def _rests(case: Case, stops: list[Process]) -> list[Checkpoint]:
    """The last look at rest behind each time that all instances were stopped."""
    found: dict[float, Checkpoint] = {}
    for look in case.checkpoints:
        if look.reason in AT_REST and look.settled and not case.crew.acting(look.at):
            last = max(
                (event.at for event in case.crew.processes if event.at <= look.at), default=0
            )
            if any(stop.at <= last for stop in stops) and _ended_by_request(case, look.at):
                found[last] = look  # a later look replaces an earlier one of the same rest
    return list(found.values())


def _ended_by_request(case: Case, at: float) -> bool:
    return all(event.what == "exited" for event in case.crew.last(at).values())


def _left_undone(case: Case, look: Checkpoint) -> list[Violation]:
    """Events with an outcome that is visible at the look, but not done."""
    done = case.committed(look.at)
    left = [
        entry
        for partition, entries in case.ledger.by_partition.items()
        for entry in entries
        if entry.sent.offset >= done.get(partition, 0)
        and _all_visible(entry, look)
        and not case.allowance(entry.account)
    ]
    return [
        ABOUT.violation(
            wording.subject(entry.sent),
            expected="to count as done after the stop, for it is answered",
            got=f"committed up to {done.get(entry.sent.partition, 0)} only, "
            f"{wording.spots(entry.outcomes)}",
            at=look.at,
            **wording.about(entry),
        )
        for entry in left
    ]


def _all_visible(entry: Entry, look: Checkpoint) -> bool:
    """Answered for certain: so is every event that looks alike."""
    return all(
        any(o.offset < look.ends.get(o.role, {}).get(o.partition, 0) for o in one.outcomes)
        for one in entry.account
    )
