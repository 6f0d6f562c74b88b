"""Pairs predictions with the events that they answer, on identity, as a multiset."""

from collections import defaultdict, deque
from collections.abc import Iterable

from testbed.checker.entry import Entry
from testbed.history import Outcome

_GRID = 1_000_000  # scores are told apart to a millionth


def pair(entries: list[Entry], seen: list[Outcome], *, validates: bool) -> list[Outcome]:
    """Append each prediction to its entry; returns those that answer nobody's event."""
    by_identity: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.sent.identity is not None:
            by_identity[entry.sent.identity].append(entry)
    shared: dict[str, list[Outcome]] = defaultdict(list)
    orphans = []
    for outcome in seen:
        equal = by_identity.get(outcome.identity) if outcome.identity is not None else None
        if equal is None:
            orphans.append(outcome)
        elif len(equal) == 1:
            equal[0].add_prediction(outcome)
        else:
            shared[outcome.identity].append(outcome)
    for identity, outcomes in shared.items():
        _share_out(by_identity[identity], outcomes)
    return orphans if validates else _rescue(entries, orphans)


def _share_out(equal: list[Entry], outcomes: list[Outcome]) -> None:
    """One each first, to those for whom a score is right; what is left repeats them."""
    tiers: dict[int, list[Entry]] = defaultdict(list)
    for entry in equal:
        tiers[_tier(entry)].append(entry)
    left = outcomes
    for tier in sorted(tiers):
        if tier < _CANCELLED:
            left = _one_each(tiers[tier], left)
    best = tiers[min(tiers)]
    for n, outcome in enumerate(left):
        _repeated(best, outcome, n).add_prediction(outcome)


_ANSWERED, _CANCELLED = 3, 4


def _repeated(equal: list[Entry], outcome: Outcome, n: int) -> Entry:
    """Which of equal events a further outcome repeats: that of its score, else by turns."""
    if outcome.score is None or len({entry.sent.score for entry in equal}) == 1:
        return equal[n % len(equal)]
    known = [entry for entry in equal if entry.sent.score is not None]
    return min(known, key=lambda entry: abs(entry.sent.score - outcome.score))


def _tier(entry: Entry) -> int:
    """Who gets a prediction before whom."""
    if not entry.sent.admits:
        return _CANCELLED
    if entry.letters:
        return _ANSWERED
    if not entry.may_be_scored:
        return 2
    return 0 if entry.sent.outcome == "acknowledged" else 1


def _one_each(entries: list[Entry], outcomes: list[Outcome]) -> list[Outcome]:
    """By score where equal events expect different ones, then in order; returns the rest."""
    if entries[0].letters:
        return outcomes  # each has its answer: a prediction on top is no better for any of them
    if len({entry.sent.score for entry in entries}) > 1:
        outcomes = _by_score(entries, outcomes)
        entries = [entry for entry in entries if not entry.predictions]
    for entry, outcome in zip(entries, outcomes, strict=False):
        entry.add_prediction(outcome)
    return outcomes[len(entries) :]


def _by_score(entries: list[Entry], outcomes: list[Outcome]) -> list[Outcome]:
    waiting: dict[int, deque[Entry]] = defaultdict(deque)
    for entry in entries:
        if entry.sent.score is not None:
            waiting[round(entry.sent.score * _GRID)].append(entry)
    left = []
    for outcome in outcomes:
        queue = next((waiting[cell] for cell in _cells(outcome.score) if waiting.get(cell)), None)
        if queue:
            queue.popleft().add_prediction(outcome)
        else:
            left.append(outcome)
    return left


def _cells(score: float | None) -> Iterable[int]:
    if score is None or not abs(score) < _GRID:
        return ()
    cell = round(score * _GRID)
    return cell, cell - 1, cell + 1


def _rescue(entries: list[Entry], orphans: list[Outcome]) -> list[Outcome]:
    """A consumer that does not validate may score what carries no whole identity."""
    waiting = [
        entry
        for entry in entries
        if entry.sent.identity is None and entry.may_be_dead_lettered and not entry.answered
    ]
    left = []
    for outcome in orphans:
        entry = next((one for one in waiting if _akin(one, outcome)), None)
        if entry is None:
            left.append(outcome)
        else:
            entry.add_prediction(outcome)
            waiting.remove(entry)
    return left


def _akin(entry: Entry, outcome: Outcome) -> bool:
    if outcome.entity is not None and entry.sent.entity is not None:
        return outcome.entity == entry.sent.entity
    if outcome.entity is not None and entry.sent.key is not None:
        return outcome.entity.encode("utf-8", "surrogatepass") == entry.sent.key
    return outcome.key == entry.sent.key
