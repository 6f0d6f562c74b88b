"""A restart with nothing to do adds nothing.

Promises: started again on a topic that is done to the end, the service answers nothing anew.
Inferred from: outcomes between the marks ``idle restart begin`` and ``idle restart end`` for
events that had been sent before. Events sent between the marks are the proof of life: once they
are answered, whatever the restart repeats in their partitions is visible too.
Cannot see: what is repeated after the second mark (no-duplicates).
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation

ABOUT = About("restart-idle", "A restart with nothing to do adds nothing", ("INV-10",))
BEGIN, END = "idle restart begin", "idle restart end"


def check(case: Case) -> Finding:
    """Judge every idle restart."""
    begins = [mark.at for mark in case.marks if mark.name == BEGIN]
    ends = [mark.at for mark in case.marks if mark.name == END]
    if not begins:
        return ABOUT.not_asked("the service was not restarted with nothing to do")
    examined, violations = 0, []
    for begin in begins:
        end = next((at for at in ends if at >= begin), float("inf"))
        for entry in case.ledger.entries:
            seen_before = any(outcome.at <= begin for outcome in entry.outcomes)
            examined += entry.sent.at > begin and _between(entry, begin, end)
            if entry.sent.at <= begin and seen_before and _between(entry, begin, end):
                violations.append(_violation(entry, begin, end))
    return ABOUT.finding(examined, violations, "" if examined else _NO_LIFE)


_NO_LIFE = "no event of the restarted service's own was answered: nothing shows that it worked"


def _between(entry: Entry, begin: float, end: float) -> bool:
    return any(begin < outcome.at <= end for outcome in entry.outcomes)


def _violation(entry: Entry, begin: float, end: float) -> Violation:
    anew = [outcome for outcome in entry.outcomes if begin < outcome.at <= end]
    return ABOUT.violation(
        wording.subject(entry.sent),
        expected=f"nothing new after the restart at {wording.moment(begin)}, it was answered",
        got=f"answered again: {wording.spots(anew)}",
        at=anew[0].at,
        **wording.about(entry),
    )
