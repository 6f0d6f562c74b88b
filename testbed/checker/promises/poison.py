"""A bad event delays no other.

Promises: the events around a bad one are answered, whatever happens to the bad one itself.
Inferred from: the nearest due neighbours of each bad event in its input partition.
Cannot see: a delay that ends before the wait does; slow is not wrong.
"""

from itertools import pairwise

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.fates import fate
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation

ABOUT = About("poison-isolated", "A bad event delays no other", ("INV-19",))


def check(case: Case) -> Finding:
    """Judge each neighbour of a bad event once."""
    neighbours = _neighbours(case)
    if not neighbours:
        return _nobody(case)
    violations, waiting = [], 0
    for bad, neighbour in neighbours.values():
        if not neighbour.answered:
            kind, last_seen = fate(case, neighbour)
            waiting += not kind.blames
            if kind.blames:
                violations.append(_violation(bad, neighbour, last_seen))
    unknown = f"{wording.counted(waiting, 'neighbour')} had no outcome yet" if waiting else ""
    return ABOUT.finding(len(neighbours), violations, unknown)


def _neighbours(case: Case) -> dict[int, tuple[Entry, Entry]]:
    """Ordinal of a neighbour -> the bad event beside it, and itself."""
    found: dict[int, tuple[Entry, Entry]] = {}
    for entries in case.ledger.by_partition.values():
        for one, other in pairwise(entry for entry in entries if entry.due):
            for bad, neighbour in ((one, other), (other, one)):
                if not bad.may_be_scored:
                    found.setdefault(neighbour.sent.n, (bad, neighbour))
    return found


def _nobody(case: Case) -> Finding:
    if any(not entry.may_be_scored for entry in case.due):
        return ABOUT.not_asked("no bad event had a neighbour in its partition")
    return ABOUT.not_asked("no bad event was sent")


def _violation(bad: Entry, neighbour: Entry, last_seen: str) -> Violation:
    return ABOUT.violation(
        wording.subject(neighbour.sent),
        expected=f"1 outcome, although {wording.subject(bad.sent)} is beside it "
        f"({wording.place(bad.sent)})",
        got="none",
        vanished=last_seen,
        at=neighbour.sent.at,
        **wording.about(neighbour),
    )
