"""What became of a record that has no outcome: lost, stuck, or simply not reached yet."""

from enum import Enum

from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.history import Settled

RESTING = ("stopped", "final")


class Fate(Enum):
    """Why an outcome is missing. The first two are the consumer's doing."""

    LOST = "lost"  # counts as done, and nobody answered
    STUCK = "stuck"  # does not count as done, and nothing moved any more
    PENDING = "pending"  # the wait ended, or nobody ran, before its turn came
    WITHHELD = "withheld"  # the broker shows it to no reader of committed records

    @property
    def blames(self) -> bool:
        """Whether it breaks a promise."""
        return self in (Fate.LOST, Fate.STUCK)


def fate(case: Case, entry: Entry) -> tuple[Fate, str]:
    """The fate of an unanswered, due entry, and where it was last seen, in words."""
    sent, done = entry.sent, case.committed().get(entry.sent.partition, 0)
    rest = rest_after(case, sent.at)
    if rest is None:
        return Fate.PENDING, "the history ends before the scenario came to rest"
    if sent.offset < done:
        if _hidden(case):
            return Fate.WITHHELD, "a killed member left a transaction open that hides later answers"
        return Fate.LOST, (
            f"read and committed (committed up to {done}), but neither scored nor dead-lettered"
        )
    end = case.input_ends.get(sent.partition)
    if end is not None and sent.offset >= end:
        return Fate.WITHHELD, (
            f"not on the input topic for readers of committed records, whose partition "
            f"{sent.partition} ends at {end}: an open transaction holds it, or it was lost there"
        )
    return _not_reached(case, rest, done)


def _hidden(case: Case) -> bool:
    """Nobody runs, and the output topics are not at rest: a dead member's transaction is open.

    Without an unclean end it would be the consumer's own, left open on purpose.
    """
    last = next((one for one in reversed(case.checkpoints) if one.reason in RESTING), None)
    quiet = last is not None and not case.crew.acting(last.at) and not last.settled
    return quiet and case.crew.processes != [] and case.crew.unclean()


def _not_reached(case: Case, rest: Settled, done: int) -> tuple[Fate, str]:
    if rest.reason == "capped":
        return Fate.PENDING, f"work was still going on after {rest.waited_s:.0f} s of waiting"
    if not case.crew.expected_to_work(rest.at):
        return Fate.PENDING, "no instance was running that could have answered"
    fault = case.fault_open(rest.at)
    if fault:
        return Fate.PENDING, f"the fault '{fault}' was not over when the wait ended"
    gone = case.crew.processes and not case.crew.acting(rest.at)
    why = ", and no instance ran any more" if gone else ""
    return Fate.STUCK, f"never finished: its partition is committed up to {done} only{why}"


def rest_after(case: Case, at: float) -> Settled | None:
    """The last wait for outcomes, if it ended after ``at``."""
    last = case.settled[-1] if case.settled else None
    return last if last is not None and last.at >= at else None
