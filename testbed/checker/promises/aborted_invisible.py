"""Cancelled events are never answered.

Promises: an event of a transaction that was aborted has no outcome, and one whose transaction
is open has none yet.
Inferred from: records that admit no outcome at all, and records that were hidden for a while.
That nothing came is believed only with proof of life: a later event of the same input partition
has been answered, or, for a hidden one, another event while it was hidden.
Cannot see: a cancelled event that also was sent for good, under at-least-once.
"""

from collections.abc import Iterator

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import Outcome

ABOUT = About("aborted-invisible", "Cancelled events are never answered", ("INV-14",))


def check(case: Case) -> Finding:
    """Judge every record that nobody may ever treat, or that nobody may treat yet."""
    examined = alive = 0
    violations = []
    for entry, lived in _hidden(case):
        examined += 1
        alive += lived
        early = _early(entry)
        if early:
            violations.append(_violation(entry, early))
    if not examined:
        return ABOUT.not_asked("no event was cancelled")
    unknown = (
        f"{wording.counted(examined - alive, 'cancelled event')} without an answered event behind, "
        "which would show that the service came past"
    )
    return ABOUT.finding(examined, violations, unknown if examined > alive else "")


def _hidden(case: Case) -> Iterator[tuple[Entry, bool]]:
    """Records of transactions that were not committed, or not yet; and whether there was life."""
    answers = [outcome.at for outcome in case.seen]
    for entries in case.ledger.by_partition.values():
        last_life = max((e.sent.offset for e in entries if e.due and e.answered), default=-1)
        for entry in entries:
            if not entry.sent.admits:
                yield entry, entry.sent.offset < last_life
            elif entry.sent.hidden:
                begin, end = entry.sent.hidden
                yield entry, any(begin < at < end for at in answers)


def _early(entry: Entry) -> list[Outcome]:
    """Outcomes that came while the record could not be read."""
    if not entry.sent.admits:
        return entry.outcomes
    return [one for one in entry.outcomes if one.at < entry.sent.hidden[1]]


def _violation(entry: Entry, early: list[Outcome]) -> Violation:
    return ABOUT.violation(
        wording.subject(entry.sent),
        expected=f"no outcome{' yet' * bool(entry.sent.admits)}, "
        "for its transaction was not committed",
        got=" and ".join(wording.what(outcome) for outcome in early[:3]),
        at=early[0].at,
        **wording.about(entry),
    )
