"""Each customer's events are scored in order.

Promises: of two events of one customer in one input partition, the earlier one is scored first,
and both predictions stand in one output partition, for only there anybody sees an order.
Inferred from: the first prediction of each event. A dead-lettered event in between does not
matter, nor do repetitions, nor which partition it is: clients choose it in several ways. At least
once, a batch of which the broker refused a part is answered behind its rest, so an event answered
late for that holds up no other.
Cannot see: order among events that look alike and were repeated, and at least once behind events
that were in hand while the broker refused some.
"""

from collections import defaultdict

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import Outcome

ABOUT = About("order-per-customer", "Each customer's events are scored in order", ("INV-11",))


def check(case: Case) -> Finding:
    """Judge each event against the one before it of the same customer."""
    examined, violations = 0, []
    for entries in case.ledger.by_partition.values():
        # (customer, output partition) -> the latest first prediction so far, and whose it is
        latest: dict[tuple[str, int], tuple[int, Entry]] = {}
        homes: dict[str, Outcome | None] = {}  # where the customer's first prediction stands
        for entry in entries:
            first = _first(entry)
            if first is None:
                continue
            violations += _scattered(homes, entry, first)
            spot = (entry.sent.entity, first.partition)
            known = latest.get(spot)
            if known is not None:
                examined += 1
                if first.offset < known[0]:
                    violations.append(_violation(entry, first, known[1]))
                    continue
            if not _after_refusal(case, entry, first):
                latest[spot] = (first.offset, entry)
    if not examined and not _several(case):
        return ABOUT.not_asked("no customer sent two valid events to one partition")
    return ABOUT.finding(examined, violations)


def _after_refusal(case: Case, entry: Entry, first: Outcome) -> bool:
    """Whether the event was in hand while the broker refused, and was answered after that began."""
    return any(w.refusal and w.at <= first.at and w.allows(entry.sent) for w in case.windows)


def _first(entry: Entry) -> Outcome | None:
    """The first prediction, where it is certain which one that is."""
    if entry.sent.entity is None or not entry.predictions:
        return None
    if entry.shared and any(
        one.extra or one.sent.outcome != "acknowledged" for one in entry.shared
    ):
        return None  # whose of the equal events' outcomes came first, nobody can tell
    if len(entry.predictions) == 1:
        return entry.predictions[0]
    if len({outcome.partition for outcome in entry.predictions}) > 1:
        return None
    return min(entry.predictions, key=lambda outcome: outcome.offset)


def _several(case: Case) -> bool:
    for entries in case.ledger.by_partition.values():
        counts: dict[str, int] = defaultdict(int)
        for entry in entries:
            first = _first(entry)
            late = first is not None and _after_refusal(case, entry, first)
            if entry.due and entry.may_be_scored and entry.sent.entity is not None and not late:
                counts[entry.sent.entity] += 1
        if any(count > 1 for count in counts.values()):
            return True
    return False


def _scattered(homes: dict[str, Outcome | None], entry: Entry, first: Outcome) -> list[Violation]:
    """Where the customer's first prediction stands elsewhere; told once a customer."""
    home = homes.setdefault(entry.sent.entity, first)
    if home is None or home.partition == first.partition:
        return []
    homes[entry.sent.entity] = None
    violation = ABOUT.violation(
        wording.subject(entry.sent),
        expected=f"to be scored in {home.role}[{home.partition}], where this customer's earlier "
        f"prediction stands ({wording.spot(home)})",
        got=f"{wording.spot(first)}: a reader cannot tell the order of two partitions; "
        "is the partition chosen by the record's key?",
        at=first.at,
        **wording.about(entry),
    )
    return [violation]


def _violation(entry: Entry, first: Outcome, before: Entry) -> Violation:
    earlier = min(before.predictions, key=lambda outcome: outcome.offset)
    return ABOUT.violation(
        wording.subject(entry.sent),
        expected=f"to be scored after {wording.subject(before.sent)} "
        f"({wording.place(before.sent)})",
        got=f"scored before it: {wording.spot(first)} and {wording.spot(earlier)}",
        at=first.at,
        **wording.about(entry),
    )
