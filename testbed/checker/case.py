"""All that the promises look at: the history, its ledger, and what follows from both."""

from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from typing import TypeVar

from testbed.checker import windows
from testbed.checker.crew import Crew
from testbed.checker.entry import Entry
from testbed.checker.ledger import Ledger, pair
from testbed.checker.pauses import Pause, pauses
from testbed.checker.windows import Window
from testbed.history import (
    DEAD_LETTERS,
    PREDICTIONS,
    Began,
    Checkpoint,
    Event,
    Fault,
    Group,
    History,
    Mark,
    Outcome,
    Process,
    Sent,
    Settled,
)

E = TypeVar("E", bound=Event)
REQUIRED = "required"  # a mark of this name tells which promises its scenario requires


class Case:
    """A history with everything that more than one promise needs; built once, read only."""

    def __init__(self, history: History):
        self.began: Began = history.began
        self._by_kind: dict[type[Event], list] = defaultdict(list)
        self.last_at = 0.0
        for event in history:
            self._by_kind[type(event)].append(event)
            self.last_at = max(self.last_at, event.at)

    def of(self, kind: type[E]) -> list[E]:
        """All events of one kind, in order."""
        return self._by_kind.get(kind, [])

    @cached_property
    def ledger(self) -> Ledger:
        """Who got which answer."""
        return pair(self.began, self.of(Sent), self.seen)

    @cached_property
    def checkpoints(self) -> list[Checkpoint]:
        """In order of time."""
        return self.of(Checkpoint)

    @cached_property
    def crew(self) -> Crew:
        """The consumer's processes."""
        return Crew(self.of(Process))

    @cached_property
    def settled(self) -> list[Settled]:
        """Every wait for outcomes."""
        return self.of(Settled)

    @cached_property
    def faults(self) -> list[Fault]:
        """Begins and ends of faults."""
        return self.of(Fault)

    @cached_property
    def groups(self) -> list[Group]:
        """What the group looked like, each time that it changed."""
        return self.of(Group)

    @cached_property
    def marks(self) -> list[Mark]:
        """Moments that promises refer to."""
        return self.of(Mark)

    def requires(self, slug: str) -> bool:
        """Whether the scenario is about this promise."""
        return any(mark.name == REQUIRED and slug in mark.figures for mark in self.marks)

    @cached_property
    def seen(self) -> list[Outcome]:
        """Every outcome, in the order in which the reader saw them."""
        return self.of(Outcome)

    @cached_property
    def due(self) -> list[Entry]:
        """Entries for which an outcome must come."""
        return [entry for entry in self.ledger.entries if entry.due]

    @cached_property
    def pauses(self) -> list[Pause]:
        """Every freeze of an instance."""
        return pauses(self.crew.processes)

    @cached_property
    def windows(self) -> list[Window]:
        """Which records may have been treated once more, and why."""
        return windows.allowed(self)

    @property
    def exactly_once(self) -> bool:
        """Whether the consumer declared that no repetition is visible."""
        return self.began.delivery == "exactly-once"

    @property
    def exact_letters(self) -> bool:
        """Whether the consumer declared that dead letters give everything back."""
        return self.began.dead_letter == "exact"

    def allowance(self, account: list[Entry]) -> int:
        """How many outcomes beyond one each are no breach, for records that look alike."""
        return sum(
            window.more for window in self.windows for entry in account if window.allows(entry.sent)
        )

    def expects(self, role: str) -> bool:
        """Whether outcomes of that kind were asked for by what was sent."""
        if role == PREDICTIONS:
            return any(entry.may_be_scored for entry in self.due)
        return any(not entry.may_be_scored for entry in self.due)

    @cached_property
    def _commits(self) -> list[dict[int, int]]:
        """What was known to be committed at each checkpoint; a partition keeps its last value.

        A live look may have been read before, and recorded behind, one that was asked for.
        """
        known: dict[int, int] = {}
        states, before = [], "live"
        for look in self.checkpoints:
            late = look.reason == "live" != before
            told = {
                partition: max(offset, known.get(partition, 0)) if late else offset
                for partition, offset in look.committed.items()
            }
            known, before = known | told, look.reason
            states.append(known)
        return states

    def committed(self, at: float = float("inf")) -> dict[int, int]:
        """Committed offsets as last seen up to ``at``."""
        index = bisect_right(self.checkpoints, at, key=lambda checkpoint: checkpoint.at)
        return self._commits[index - 1] if index else {}

    @cached_property
    def input_ends(self) -> dict[int, int]:
        """The last known ends of the input topic, for readers of committed records."""
        return self.checkpoints[-1].input_ends if self.checkpoints else {}

    def fault_open(self, at: float) -> str:
        """The name of a fault that was not healed at ``at``, or empty."""
        open_now: list[str] = []
        for fault in self.faults:
            if fault.at <= at:
                if fault.phase == "begin":
                    open_now.append(fault.name)
                elif fault.name in open_now:
                    open_now.remove(fault.name)
        return open_now[-1] if open_now else ""

    def at_rest(self, checkpoint: Checkpoint) -> bool:
        """Whether commits and outcomes can be compared exactly at the checkpoint."""
        return checkpoint.settled and not self.crew.acting(checkpoint.at)

    @cached_property
    def transactional(self) -> bool:
        """Whether outcomes were written in transactions: their markers leave gaps in offsets."""
        ends: dict[tuple[str, int], int] = {}
        counts: dict[tuple[str, int], int] = {}
        for outcome in self.seen:
            spot = (outcome.role, outcome.partition)
            ends[spot] = max(ends.get(spot, 0), outcome.offset + 1)
            counts[spot] = counts.get(spot, 0) + 1
        if any(counts[spot] != end for spot, end in ends.items()):
            return True
        last = self.checkpoints[-1].ends if self.checkpoints else {}
        return any(
            last.get(role, {}).get(partition, 0) > ends.get((role, partition), 0)
            for role in (PREDICTIONS, DEAD_LETTERS)
            for partition in last.get(role, {})
        )
