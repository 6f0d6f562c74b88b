"""The backlog returns to zero.

Promises: while somebody is running and nothing is broken, everything that was sent is treated
and counts as done after some time.
Inferred from: each wait for outcomes. One that *stalled* (no new outcome and no new commit for
longer than the limit) breaks the promise. One that was *capped* while work counted as done is
slow, and slow is not wrong: UNKNOWN. Capped with outcomes but without any new commit is a loop.
Cannot see: work beyond an open transaction on the input topic, which nobody may read yet.
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import INPUT, Settled

ABOUT = About("lag-returns", "The backlog returns to zero", ("INV-20",))
LOOPING_S = 60.0  # so long without a commit, while outcomes keep coming, is no progress


def check(case: Case) -> Finding:
    """Judge every wait in which work could be expected."""
    examined, violations, unknown = 0, [], ""
    for rest in case.settled:
        if case.fault_open(rest.at) or not case.crew.expected_to_work(rest.at):
            continue
        examined += 1
        if rest.reason == "stalled" and (lag := _readable(case, rest)):
            violations.append(_violation(rest, lag, "and nothing moved any more"))
        elif rest.reason == "capped" and _loops(case, rest):
            violations.append(_violation(rest, rest.lag, "and no commit, but outcomes went on"))
        elif rest.reason == "capped":
            unknown = f"work was still going on after {rest.waited_s:.0f} s of waiting"
    if not case.settled:
        unknown = "nobody waited for the backlog"
    elif not examined:
        unknown = "during every wait nobody was running, or a fault was not over"
    return ABOUT.finding(examined, violations, unknown)


def _readable(case: Case, rest: Settled) -> dict[int, int]:
    """The lag without what an open transaction holds back from every reader."""
    look = next((c for c in case.checkpoints if c.at >= rest.at), None)
    if look is None:
        return rest.lag
    return {
        partition: count
        for partition, count in rest.lag.items()
        if look.input_ends.get(partition, float("inf")) > look.committed.get(partition, 0)
    }


def _loops(case: Case, rest: Settled) -> bool:
    """Whether nothing counted as done in the last part of a long wait."""
    since = rest.at - LOOPING_S
    if rest.waited_s < LOOPING_S:
        return False
    return case.committed(since) == case.committed(rest.at)


def _violation(rest: Settled, lag: dict[int, int], moved: str) -> Violation:
    behind = ", ".join(f"{count} in {INPUT}[{p}]" for p, count in sorted(lag.items()))
    phase = f" ({rest.phase})" if rest.phase else ""
    return ABOUT.violation(
        f"the wait that ended at {wording.moment(rest.at)}{phase}",
        expected="a backlog of 0",
        got=f"{behind}, {moved} after {rest.waited_s:.1f} s; "
        f"{rest.seen} outcomes seen of {rest.expected} expected",
        where=", ".join(f"{INPUT}[{p}]" for p in sorted(lag)),
        at=rest.at,
    )
