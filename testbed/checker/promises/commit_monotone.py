"""Work that counted as done stays done.

Promises: the committed offset of a partition never goes back.
Inferred from: each two checkpoints that show the partition. One that shows no offset for it says
nothing: the broker may have had none to tell just then.
Excused: under at-least-once a step back that follows a cut from the broker and is made good; a
client that sends commits without waiting for answers may send an old one again.
Cannot see: a step back that was made good between two checkpoints.
"""

from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.verdict import Finding
from testbed.checker.windows import RECONNECT_S, cut_offs
from testbed.checker.wording import moment
from testbed.history import INPUT, Checkpoint

ABOUT = About("commit-monotone", "Work that counted as done stays done", ("INV-08",))


def check(case: Case) -> Finding:
    """Judge every committed offset against the one before it."""
    before: dict[int, tuple[int, Checkpoint]] = {}
    examined, violations = 0, []
    for number, look in enumerate(case.checkpoints):
        for partition, offset in look.committed.items():
            examined += 1
            known = before.get(partition)
            if known is not None and offset < known[0]:
                if _sent_again(case, number, partition, known[0]):
                    continue
                violations.append(_violation(partition, offset, look, *known))
            before[partition] = (offset, look)
    return ABOUT.finding(examined, violations, "" if examined else "nothing was committed")


def _sent_again(case: Case, number: int, partition: int, known: int) -> bool:
    """Whether an old commit may have been sent again after a cut, and newer ones after it."""
    at = case.checkpoints[number].at
    cut = any(begin.at <= at <= end + RECONNECT_S for begin, end in cut_offs(case.faults))
    later = (one.committed.get(partition, -1) for one in case.checkpoints[number + 1 :])
    return cut and not case.exactly_once and any(offset >= known for offset in later)


def _violation(partition: int, offset: int, look: Checkpoint, known: int, earlier: Checkpoint):
    return ABOUT.violation(
        f"partition {partition} of the {INPUT} topic",
        expected=f"{known} committed or more, as at {moment(earlier.at)}",
        got=f"{offset} committed at {moment(look.at)}",
        where=f"{INPUT}[{partition}]@{offset}",
        at=look.at,
    )
