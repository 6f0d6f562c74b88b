"""A bad event delays no other.

Promises: the events around a bad one are answered, whatever happens to the bad one itself, and
many bad ones in a row take about as long as good ones.
Inferred from: the nearest due neighbours of each bad event in its input partition; and where a
lot of bad events followed one of good ones, from the time that each took after it was published.
The good lot is the measure, so that slow is not wrong.
Cannot see: a short delay, of less than ``MORE_S`` for the whole lot.
"""

from collections import defaultdict
from itertools import pairwise

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.fates import fate
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation

ABOUT = About("poison-isolated", "A bad event delays no other", ("INV-19",))
GOOD_LOT, BAD_LOT = "good lot", "bad lot"  # phases in which so many of a kind were sent at once
# A busy machine holds a whole lot up for seconds; tries with pauses add up over its events.
MORE_S, TIMES = 10.0, 5.0


def check(case: Case) -> Finding:
    """Judge each neighbour of a bad event once, and the lot of bad events as a whole."""
    neighbours = _neighbours(case)
    if not neighbours:
        return _nobody(case)
    violations, waiting = _held_up(case), 0
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


def _held_up(case: Case) -> list[Violation]:
    """A lot of bad events that took far longer than the good one before it."""
    lots: dict[str, list[Entry]] = defaultdict(list)
    for entry in case.due:
        if entry.sent.phase in (GOOD_LOT, BAD_LOT) and entry.outcomes:
            lots[entry.sent.phase].append(entry)
    if len(lots) < 2:
        return []
    good_s, bad_s = (_took_s(lots[phase]) for phase in (GOOD_LOT, BAD_LOT))
    if bad_s <= TIMES * good_s + MORE_S:
        return []
    good, bad = (wording.counted(len(lots[phase]), "event") for phase in (GOOD_LOT, BAD_LOT))
    return [
        ABOUT.violation(
            f"{bad} in a row that were bad",
            expected=f"to be answered about as soon as {good} that were good, "
            f"which took {good_s:.1f} s",
            got=f"{bad_s:.1f} s until the last was answered",
            at=lots[BAD_LOT][-1].sent.at + bad_s,
        )
    ]


def _took_s(lot: list[Entry]) -> float:
    """From when the whole lot was published until the last of it was answered."""
    answered = max(min(outcome.at for outcome in entry.outcomes) for entry in lot)
    return answered - max(entry.sent.at for entry in lot)


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
