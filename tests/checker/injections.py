"""One violation each, put into a good history, and what it may entail.

The entailment table: a promise in ``may`` can break too, for the reason given beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from msgspec.structs import replace

from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.history import (
    PREDICTIONS,
    Checkpoint,
    Outcome,
    Position,
    Settled,
)

Events = list


@dataclass(frozen=True)
class Injection:
    """``spoil`` changes the events in place and returns the ordinal to be named, or None
    where the history offers no place for it."""

    must: str
    spoil: Callable[[Events, Case, Random], int | None]
    may: dict[str, str] = field(default_factory=dict)
    delivery: tuple[str, ...] = ("exactly-once", "at-least-once")
    fidelity: tuple[str, ...] = ("exact", "json")


def plain(case: Case, *, scored: bool | None = None) -> list[Entry]:
    """Due entries with exactly one outcome that look like no other."""
    return [
        entry
        for entry in case.due
        if len(entry.account) == 1
        and len(entry.outcomes) == 1
        and (scored is None or entry.may_be_scored == scored)
    ]


def pick(random: Random, entries: list):
    return random.choice(entries) if entries else None


def change(events: Events, old, new) -> None:
    events[next(n for n, event in enumerate(events) if event == old)] = new


def before_the_end(events: Events) -> int:
    return max(n for n, event in enumerate(events) if isinstance(event, Settled))


def add_outcome(events: Events, case: Case, outcome: Outcome) -> None:
    """Behind all others of its partition, before the scenario settles."""
    spot = (outcome.role, outcome.partition)
    offsets = [o.offset for o in case.seen if (o.role, o.partition) == spot]
    place = before_the_end(events)
    offset = max([*offsets, -1]) + 1
    events.insert(place, replace(outcome, offset=offset, at=events[place - 1].at + 0.1))


def lose(events: Events, case: Case, random: Random):
    entry = pick(random, plain(case))
    if entry is None:
        return None
    events.remove(entry.outcomes[0])
    return entry.sent.n


def repeat(events: Events, case: Case, random: Random):
    free = [entry for entry in plain(case) if not case.allowance([entry])]
    entry = pick(random, free)
    if entry is None:
        return None
    add_outcome(events, case, entry.outcomes[0])
    return entry.sent.n


def both(events: Events, case: Case, random: Random):
    scored, letter = pick(random, plain(case, scored=True)), pick(random, _letters(case))
    if scored is None or letter is None:
        return None
    given = replace(
        letter.recovered,
        value=scored.sent.value, key=scored.sent.key, fingerprints=scored.sent.fingerprints,
    )  # fmt: skip
    place = Position("in", scored.sent.partition, scored.sent.offset)
    spoilt = replace(letter, key=scored.sent.key, recovered=given, source=place)
    add_outcome(events, case, spoilt)
    return scored.sent.n


def invent(events: Events, case: Case, random: Random):
    entry = pick(random, plain(case, scored=True))
    if entry is None:
        return None
    add_outcome(events, case, replace(entry.predictions[0], identity="Z|1", entity="Z"))
    return -1  # nobody's event


def score_bad(events: Events, case: Case, random: Random):
    entry = pick(random, plain(case, scored=False))
    if entry is None:
        return None
    letter = entry.letters[0]
    events.remove(letter)
    spoilt = replace(
        letter, role=PREDICTIONS, partition=0, identity=entry.sent.identity, score=0.3, label=0,
        error_type=None, source=None, recovered=None,
    )  # fmt: skip
    add_outcome(events, case, spoilt)
    return entry.sent.n


def misjudge(events: Events, case: Case, random: Random):
    entry = pick(random, plain(case, scored=True))
    if entry is None:
        return None
    old = entry.predictions[0]
    change(events, old, replace(old, score=old.score + 0.001))
    return entry.sent.n


def swap(events: Events, case: Case, random: Random):
    pairs = [
        (one, other)
        for one in plain(case, scored=True)
        for other in plain(case, scored=True)
        if one.sent.entity == other.sent.entity and one.sent.offset < other.sent.offset
    ]
    pair = pick(random, pairs)
    if pair is None:
        return None
    first, second = (entry.predictions[0] for entry in pair)
    change(events, first, replace(first, offset=second.offset))
    change(events, second, replace(second, offset=first.offset))
    return -1  # the one that is named depends on those between


def commit_early(events: Events, case: Case, random: Random):
    looks = [
        (look, entry)
        for look in case.checkpoints
        if look.reason == "live" and not case.transactional
        for entry in plain(case)
        if entry.sent.offset == look.committed.get(entry.sent.partition, 0)
        and entry.sent.at < look.at
        and all(o.offset >= look.ends[o.role][o.partition] for o in entry.outcomes)
    ]
    found = pick(random, looks)
    if found is None:
        return None
    look, entry = found
    ahead = look.committed | {entry.sent.partition: entry.sent.offset + 1}
    change(events, look, replace(look, committed=ahead))
    return entry.sent.n


def commit_back(events: Events, case: Case, random: Random):
    partition = pick(random, [p for p, offset in case.committed().items() if offset > 1])
    if partition is None:
        return None
    place = before_the_end(events) + 2  # behind the drained look
    look = events[place - 1]
    back = look.committed | {partition: look.committed[partition] - 1}
    events.insert(place, replace(look, reason="live", committed=back, at=look.at + 0.1))
    return -1


def commit_short(events: Events, case: Case, random: Random):
    last = {
        partition: [entry for entry in entries if entry.due][-1].sent
        for partition, entries in case.ledger.by_partition.items()
    }
    done = case.committed()
    partition = pick(random, [p for p, sent in last.items() if done[p] == sent.offset + 1])
    if partition is None:
        return None
    end = before_the_end(events)
    for number, event in enumerate(events):
        if number > end and isinstance(event, Checkpoint):
            short = event.committed | {partition: event.committed[partition] - 1}
            events[number] = replace(event, committed=short)
    return last[partition].n


def _letters(case: Case) -> list[Outcome]:
    return [letter for entry in plain(case, scored=False) for letter in entry.letters]


def spoil_letter(**fields):
    def spoil(events: Events, case: Case, random: Random):
        entry = pick(random, plain(case, scored=False))
        if entry is None:
            return None
        letter = entry.letters[0]
        change(events, letter, replace(letter, **fields))
        return entry.sent.n

    return spoil


def spoil_prediction(events: Events, case: Case, random: Random):
    entry = pick(random, plain(case, scored=True))
    if entry is None:
        return None
    old = entry.predictions[0]
    change(events, old, replace(old, problems=("Expected model_version",)))
    return -1


EXACT = ("exact",)
_HELD_BACK = "what counts as done has no answer"
INJECTIONS = (
    Injection("no-loss", lose, {
        "commit-not-ahead": _HELD_BACK,
        "poison-isolated": "the lost one stood beside a bad one",
    }),
    Injection("no-duplicates", repeat, {
        "zombie-adds-nothing": "the event was in a frozen member's hands",
    }),
    Injection("never-both", both, {"right-outcome": "one of the two is the wrong kind"}),
    Injection("no-phantom", invent),
    Injection("right-outcome", score_bad, {
        "commit-not-ahead": "the wrong answer stands behind looks that saw the right one",
        "order-per-customer": "and behind the customer's later events",
    }),
    Injection("right-score", misjudge),
    Injection("order-per-customer", swap, {
        "commit-not-ahead": "the earlier event's answer became visible later",
        "stops-clean": "the later event's answer was visible at a stop before its turn",
    }),
    Injection("commit-not-ahead", commit_early, {
        "commit-monotone": "the next true commit lies before it",
        "no-duplicates": "what counts as done is not excused by a later kill",
        "zombie-adds-nothing": "nor by a later freeze",
    }, delivery=("at-least-once",)),
    Injection("commit-monotone", commit_back),
    Injection("commit-reaches-end", commit_short, {
        "commit-monotone": "more was done before",
        "stops-clean": "an answered event does not count as done after the stop",
    }),
    Injection("prediction-contract", spoil_prediction),
    Injection("dead-letter-contract", spoil_letter(problems=("Expected error_type",))),
    Injection("dead-letter-faithful", spoil_letter(key=b"?"), fidelity=EXACT),
    Injection("right-error-type", spoil_letter(error_type="inference_error"), fidelity=EXACT),
)  # fmt: skip
