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
from testbed.history import INPUT, Checkpoint, Settled

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
    return {p: count for p, count in rest.lag.items() if not _held_back(case, rest, p)}


def _held_back(case: Case, rest: Settled, partition: int) -> bool:
    """Whether readers of committed records were shown an end before what was sent.

    The look after the wait shows it while it lasts. The look before it shows it to be so where
    a record that nobody may treat stood next.
    """
    sent = [e for e in case.ledger.by_partition.get(partition, ()) if e.sent.at <= rest.at]
    done = case.committed(rest.at).get(partition, 0)
    due = [entry.sent.offset for entry in sent if entry.due]
    closed = [e.sent.offset for e in sent if not e.sent.admits and e.sent.offset >= done]
    before = next((look for look in reversed(case.checkpoints) if look.at <= rest.at), None)
    after = next((look for look in case.checkpoints if look.at > rest.at), None)
    return _ends_before(after, partition, due) or _ends_before(before, partition, closed)


def _ends_before(look: Checkpoint | None, partition: int, offsets: list[int]) -> bool:
    end = look.input_ends.get(partition) if look is not None else None
    if end is None or end > look.committed.get(partition, 0):
        return False
    return any(end <= offset for offset in offsets)


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
