"""Finished work counts as done.

Promises: when all events of a partition are answered and the scenario is at rest, the group's
committed offset is past the last of them. Transaction markers take offsets too, so it may be
larger than the last offset plus one.
Inferred from: the last checkpoint after a wait in which somebody was running.
Cannot see: partitions with unanswered events (no-loss, lag-returns).
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import INPUT

ABOUT = About("commit-reaches-end", "Finished work counts as done", ("INV-07",))
AT_REST = ("drained", "stopped", "final")


def check(case: Case) -> Finding:
    """Judge every partition whose events are all answered."""
    unknown = _no_rest(case)
    if unknown:
        return ABOUT.finding(0, unknown=unknown)
    committed, examined, violations = case.committed(), 0, []
    for partition, entries in case.ledger.by_partition.items():
        due = [entry for entry in entries if entry.due]
        if due and all(entry.answered for entry in due):
            examined += 1
            if committed.get(partition, 0) <= due[-1].sent.offset:
                violations.append(_violation(partition, due, committed.get(partition)))
    return ABOUT.finding(examined, violations)


def _no_rest(case: Case) -> str:
    """Why the last look at the group tells nothing about what it would have committed."""
    if not case.settled:
        return "the history ends before the scenario came to rest"
    last = case.settled[-1]
    if not any(c.reason in AT_REST and c.at >= last.at for c in case.checkpoints):
        return "the committed offsets were not looked at after the last wait"
    if last.reason == "drained":
        return ""
    if last.reason == "capped":
        return "work was still going on when the wait ended"
    if not case.crew.expected_to_work(last.at):
        return "no instance was running that could have committed"
    return f"the fault '{fault}' was not over" if (fault := case.fault_open(last.at)) else ""


def _violation(partition: int, due: list[Entry], committed: int | None) -> Violation:
    last = due[-1].sent
    left = [entry for entry in due if entry.sent.offset >= (committed or 0)]
    return ABOUT.violation(
        f"partition {partition} of the {INPUT} topic",
        expected=f"committed up to {last.offset + 1} or beyond, for all "
        f"{wording.counted(len(due), 'event')} are answered",
        got=f"{'nothing' if committed is None else committed} committed, "
        f"{wording.counted(len(left), 'answered event')} would be treated again",
        where=f"{INPUT}[{partition}]@{left[0].sent.offset}",
        n=left[0].sent.n,
    )
