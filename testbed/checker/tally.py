"""The ledger in figures: how many events are owed an answer, have one, lack it, got too many."""

import msgspec

from testbed.checker.case import Case


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one scenario, for people; the promises judge by the ledger itself.

    ``missing``: owed an answer, and none came. ``repeated``: answers beyond the first, whether
    excused or not. ``strangers``: answers for nobody. ``late``: answers that came after the
    suite had given up waiting.
    """

    owed: int
    missing: int
    repeated: int
    strangers: int
    late: int


def tally(case: Case) -> Tally:
    """Count once over the ledger that the promises were judged by."""
    gave_up = min((one.at for one in case.settled if one.reason != "drained"), default=None)
    return Tally(
        owed=len(case.due),
        missing=sum(not entry.answered for entry in case.due),
        repeated=sum(entry.extra for entry in case.ledger.entries),
        strangers=len(case.ledger.orphans),
        late=sum(one.at > gave_up for one in case.seen) if gave_up is not None else 0,
    )
