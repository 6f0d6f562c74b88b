"""Work counts as done only once its answer is visible.

Promises: whatever is below the committed offset of its partition has a visible outcome.
Inferred from: checkpoints. Each reads the committed offsets first and the ends of the output
topics after, so what was committed must be below those ends. Under exactly-once, and for
whoever writes in transactions, commit and outcome become visible one after the other: there
only checkpoints at rest count. A commit beyond the end of the input topic is ahead as well.
Cannot see: a commit that ran ahead and was caught up between two checkpoints.
"""

from bisect import bisect_right
from itertools import accumulate

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import DEAD_LETTERS, INPUT, PREDICTIONS, Checkpoint, Outcome

ABOUT = About(
    "commit-not-ahead",
    "Work counts as done only once its answer is visible",
    ("INV-05", "INV-06", "INV-15"),
)


def check(case: Case) -> Finding:
    """Judge every due event at the checkpoint at which it first counted as done."""
    looks = [look for look in case.checkpoints if _comparable(case, look)]
    if not looks:
        return ABOUT.finding(0, _beyond_the_end(case), "no moment at rest was looked at")
    timeline = _Timeline(looks)
    examined, violations = 0, _beyond_the_end(case)
    for account in case.ledger.accounts():
        done = [
            (index, entry)
            for entry in account
            if entry.due and (index := timeline.done(entry)) < len(looks)
        ]
        if done:
            examined += len(done)
            violations += _ahead(timeline, account, done)
    return ABOUT.finding(examined, violations, "" if examined else "nothing was committed")


def _comparable(case: Case, look: Checkpoint) -> bool:
    complete = PREDICTIONS in look.ends and DEAD_LETTERS in look.ends
    live_counts = not case.exactly_once and not case.transactional
    return complete and (live_counts or case.at_rest(look))


class _Timeline:
    """At which checkpoint something first counted as done, or was first visible."""

    def __init__(self, looks: list[Checkpoint]):
        self.looks = looks
        partitions = {p for look in looks for p in look.committed}
        self._done = {p: _rising(look.committed.get(p, 0) for look in looks) for p in partitions}
        spots = {(role, p) for look in looks for role, ends in look.ends.items() for p in ends}
        self._ends = {
            (role, p): _rising(look.ends.get(role, {}).get(p, 0) for look in looks)
            for role, p in spots
        }

    def done(self, entry: Entry) -> int:
        """Index of the first checkpoint at which it was committed; past the last if never."""
        series = self._done.get(entry.sent.partition)
        return len(self.looks) if series is None else bisect_right(series, entry.sent.offset)

    def visible(self, outcome: Outcome) -> int:
        """Index of the first checkpoint at which it was visible; unknown ends show all."""
        series = self._ends.get((outcome.role, outcome.partition))
        return 0 if series is None else bisect_right(series, outcome.offset)


def _rising(values) -> list[int]:
    return list(accumulate(values, max))


def _ahead(timeline: _Timeline, account: list[Entry], done: list) -> list[Violation]:
    """The j-th of equal events to be done needs a j-th visible outcome by then."""
    if len(account) == 1:
        outcomes = account[0].outcomes
    else:
        outcomes = [outcome for entry in account for outcome in entry.outcomes]
    visible = sorted(map(timeline.visible, outcomes))
    if len(done) > 1:
        done.sort(key=lambda one: one[0])
    for number, (index, entry) in enumerate(done):
        if number >= len(visible) or visible[number] > index:
            return [_violation(timeline.looks[index], entry, outcomes, number)]
    return []


def _violation(look: Checkpoint, entry: Entry, outcomes: list[Outcome], visible: int) -> Violation:
    later = [one for one in outcomes if one.offset >= look.ends[one.role].get(one.partition, 0)]
    seen = f"its outcome came later, {wording.spots(later)}" if later else "no outcome at all"
    if visible:
        seen = f"{visible} visible for events that look alike; {seen}"
    return ABOUT.violation(
        wording.subject(entry.sent),
        expected=f"a visible outcome, as committed up to {look.committed[entry.sent.partition]}",
        got=f"{seen} ({look.reason} look at {wording.moment(look.at)})",
        at=look.at,
        **wording.about(entry),
    )


def _beyond_the_end(case: Case) -> list[Violation]:
    """A commit past everything that is there skips what comes next."""
    if any(not entry.sent.admits for entry in case.ledger.entries):
        return []  # cancelled and open transactions: readers disagree about the end
    found = {}
    for look in case.checkpoints:
        for partition, offset in look.committed.items():
            end = look.input_ends.get(partition)
            if end is not None and offset > end and partition not in found:
                found[partition] = ABOUT.violation(
                    f"partition {partition} of the {INPUT} topic",
                    expected=f"at most {end} committed, the end of what was sent",
                    got=f"{offset} committed, so that the next records are skipped",
                    where=f"{INPUT}[{partition}]",
                    at=look.at,
                )
    return list(found.values())
