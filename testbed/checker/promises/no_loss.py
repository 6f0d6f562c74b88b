"""No event is lost.

Promises: every acknowledged event has an outcome, scored or dead-lettered.
Inferred from: the ledger at rest. An event without outcome is *lost* where the group counts it
as done, and *stuck* where nothing moved any more although somebody ran. Events whose turn had
not come (the wait hit its cap, nobody was running, an open transaction hides them) are neither:
they make the verdict UNKNOWN.
Cannot see: which of several equal events is missing, and an event that one outcome too many
for an equal one stands in for.
"""

from collections import Counter, defaultdict

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.fates import Fate, fate
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import Outcome

ABOUT = About("no-loss", "No event is lost", ("INV-01", "INV-02", "INV-12", "INV-23"))
SHOWN = 3  # near misses beside one loss


def check(case: Case) -> Finding:
    """Judge every event that must have an outcome."""
    missing = [(entry, *fate(case, entry)) for entry in case.due if not entry.answered]
    strangers = _by_entity(case.ledger.orphans) if missing else {}
    violations = [
        _violation(entry, kind, last_seen, strangers)
        for entry, kind, last_seen in missing
        if kind.blames
    ]
    waiting = Counter(last_seen for _, kind, last_seen in missing if not kind.blames)
    unknown = "; ".join(
        f"{wording.counted(count, 'event')} had no outcome yet: {why}"
        for why, count in waiting.most_common(SHOWN)
    )
    return ABOUT.finding(len(case.due), violations, unknown)


def _violation(entry: Entry, kind: Fate, last_seen: str, strangers: dict) -> Violation:
    sent = entry.sent
    near = strangers.get(sent.entity, [])[:SHOWN] if sent.entity is not None else []
    return ABOUT.violation(
        wording.subject(sent),
        expected="exactly 1 outcome" if len(entry.account) == 1 else _of_equals(entry),
        got="none" if len(entry.account) == 1 else "none for this one",
        vanished=f"{kind.value}: {last_seen}",
        near="; ".join(_near(entry, outcome) for outcome in near),
        at=sent.at,
        **wording.about(entry),
    )


def _of_equals(entry: Entry) -> str:
    return f"1 outcome for each of {len(entry.account)} events that look alike"


def _near(entry: Entry, outcome: Outcome) -> str:
    """A prediction for the right customer that fits none of the customer's events."""
    other = wording.named(outcome.identity) if outcome.identity else "an unnamed event"
    expected = "" if entry.sent.score is None else f" (expected score {entry.sent.score:.6g})"
    return f"near miss: {other}, {wording.what(outcome)}{expected}"


def _by_entity(orphans: list[Outcome]) -> dict[str, list[Outcome]]:
    found = defaultdict(list)
    for outcome in orphans:
        if outcome.entity is not None:
            found[outcome.entity].append(outcome)
    return found
