"""Cancelled events are never answered.

Promises: an event of a transaction that was aborted, or is still open, has no outcome.
Inferred from: records that admit no outcome at all. That nothing came is believed only with
proof of life: a later event of the same input partition has been answered.
Cannot see: a cancelled event that also was sent for good, under at-least-once.
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation

ABOUT = About("aborted-invisible", "Cancelled events are never answered", ("INV-14",))


def check(case: Case) -> Finding:
    """Judge every record that nobody may ever treat."""
    cancelled = alive = 0
    violations = []
    for entries in case.ledger.by_partition.values():
        last_life = max((e.sent.offset for e in entries if e.due and e.answered), default=-1)
        for entry in entries:
            if entry.sent.admits:
                continue
            cancelled += 1
            alive += entry.sent.offset < last_life
            if entry.answered:
                violations.append(_violation(entry))
    if not cancelled:
        return ABOUT.not_asked("no event was cancelled")
    unproven = cancelled - alive
    unknown = (
        f"{wording.counted(unproven, 'cancelled event')} without an answered event behind, "
        "which would show that the service came past"
    )
    return ABOUT.finding(cancelled, violations, unknown if unproven else "")


def _violation(entry: Entry) -> Violation:
    return ABOUT.violation(
        wording.subject(entry.sent),
        expected="no outcome, for its transaction was not committed",
        got=" and ".join(wording.what(outcome) for outcome in entry.outcomes[:3]),
        at=entry.outcomes[0].at,
        **wording.about(entry),
    )
