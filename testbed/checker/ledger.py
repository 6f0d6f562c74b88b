"""Who got which answer: every record that was sent, paired with its outcomes, once."""

from collections import defaultdict
from collections.abc import Iterable

from testbed.checker import accounts, letters, predictions
from testbed.checker.entry import Entry
from testbed.history import DEAD_LETTERS, INPUT, PREDICTIONS, Began, Outcome, Sent

__all__ = ["Entry", "Ledger", "pair"]


class Ledger:
    """Entries in the order of the input topic, and the outcomes that belong to nobody.

    Entries that outcomes cannot tell apart share an account: what is counted is counted there.
    """

    def __init__(self, entries: list[Entry], orphans: list[Outcome]):
        self.entries, self.orphans = entries, orphans
        self.by_partition: dict[int, list[Entry]] = defaultdict(list)
        for entry in entries:
            sent = entry.sent
            if sent.outcome == "acknowledged" and sent.offset is not None:
                self.by_partition[sent.partition].append(entry)

    def accounts(self) -> Iterable[list[Entry]]:
        """Every account once."""
        for entry in self.entries:
            if entry.shared is None:
                yield [entry]
            elif entry.shared[0] is entry:
                yield entry.shared


def pair(began: Began, sent: list[Sent], outcomes: list[Outcome]) -> Ledger:
    """Pair predictions on identity and dead letters as the consumer's fidelity allows."""
    entries = [Entry(one) for one in sorted(sent, key=_place)]
    seen: dict[str, list[Outcome]] = {PREDICTIONS: [], DEAD_LETTERS: []}
    for outcome in outcomes:
        seen[outcome.role].append(outcome)
    accounts.share(entries, _marks_of(began))
    if began.dead_letter == "exact":
        orphans = letters.pair_exact(entries, seen[DEAD_LETTERS], began.topics.get(INPUT))
    else:
        orphans = letters.pair_by_content(entries, seen[DEAD_LETTERS])
    orphans += predictions.pair(entries, seen[PREDICTIONS], validates=began.validates)
    return Ledger(entries, orphans)


def _place(sent: Sent) -> tuple[int, int, int]:
    """Unknown places come last, in the order of sending."""
    if sent.offset is None or sent.partition is None:
        return (1 << 31, 0, sent.n)
    return (sent.partition, sent.offset, sent.n)


def _marks_of(began: Began):
    """What makes two records equal to an outcome: identity, and content where that pairs."""
    if began.dead_letter == "exact":
        return lambda sent: (sent.identity,) if sent.identity else ()
    return lambda sent: (*((sent.identity,) if sent.identity else ()), *sent.fingerprints)
