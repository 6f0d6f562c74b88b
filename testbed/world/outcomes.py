"""What came out, counted: figures that a reader can check by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from testbed.checker.promises.right_outcome import SCHEMA_BREACH
from testbed.history import DEAD_LETTERS, PREDICTIONS, Outcome, Process, Sent
from testbed.pipeline import BEHIND

if TYPE_CHECKING:
    from testbed.world.world import World

SHOWN = 5  # names in a message; the history has them all


class Outcomes:
    """Counts over the finished scenario. The promises judge; these say how much there was."""

    def __init__(self, world: World):
        self._world = world

    def expect_one_each(self, count: int) -> None:
        """So many predictions, each for another customer that was sent."""
        self.expect_predictions(count)
        wanted = Counter(one.entity for one in self._sent() if one.outcome == "acknowledged")
        got = Counter(one.entity for one in self._seen(PREDICTIONS))
        missing, foreign = list(wanted - got), list(got - wanted)
        self._require(
            not missing and not foreign,
            f"Expected one prediction for each of {count} customers, "
            f"got none for {missing[:SHOWN]} and unexpected ones for {foreign[:SHOWN]}",
        )

    def expect_predictions(self, count: int) -> None:
        """So many predictions, and at most one more for each event that may be scored as well."""
        self._expect(PREDICTIONS, range(count, count + self._either() + 1))

    def expect_dead_letters(self, count: int) -> None:
        """So many dead letters, less those for events that were scored and may be."""
        self._expect(DEAD_LETTERS, range(max(0, count - self._either()), count + 1))

    def expect_after_restart(self, count: int) -> None:
        """So many outcomes since the service was last started."""
        self._world.judgement()
        started = [one.at for one in self._world.history.of(Process) if one.what == "started"]
        got = sum(1 for one in self._seen() if one.at > started[-1])
        self._require(got == count, f"Expected {count} outcomes after the restart, got {got}")

    def expect_done(self, count: int) -> None:
        """The group's committed offsets add up to so many records, and no outcome is beyond."""
        committed = self._world.pipeline.group.committed()
        done, seen = sum(committed.values()), len(self._seen())
        self._require(
            (done, seen) == (count, count),
            f"Expected {count} events done and answered, got {done} done and {seen} answered",
        )

    def expect_unscoreable(self) -> None:
        """Both sorts occur, and each event got the outcome that the model has for it."""
        self._world.require(("no-loss", "right-outcome", "no-duplicates"))
        refused = [one for one in self._sent() if one.admits == ("inference_error",)]
        scored = len(self._sent()) - len(refused)
        assert refused, "Expected events that this model cannot score, got none"
        self.expect_predictions(scored)
        self.expect_dead_letters(len(refused))

    def _expect(self, role: str, counts: range) -> None:
        self._world.judgement()
        got = len(self._seen(role))
        wanted = f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
        self._require(got in counts, f"Expected {wanted} {role}, got {got}\n{self._summary()}")

    def _either(self) -> int:
        """Invalid events that a consumer which does not validate may score."""
        if self._world.options.validates:
            return 0
        return sum(1 for one in self._sent() if SCHEMA_BREACH in one.admits)

    def _require(self, holds: bool, expectation: str) -> None:
        """A figure that is wrong has its reason in a promise that broke, so that is told, too."""
        if not holds:
            raise AssertionError("\n\n".join([expectation, *self._world.stories()]))

    def _summary(self) -> str:
        reasons = Counter(one.error_type for one in self._seen(DEAD_LETTERS))
        return (
            f"  published and acknowledged {len(self._sent())}, "
            f"predictions {len(self._seen(PREDICTIONS))}, dead letters by reason {dict(reasons)}"
        )

    def _sent(self) -> list[Sent]:
        sent = self._world.history.of(Sent)
        return [one for one in sent if one.outcome == "acknowledged" and one.phase != BEHIND]

    def _seen(self, *roles: str) -> list[Outcome]:
        """Those of events that the scenario speaks of: what came behind a fault is not counted."""
        behind = {one.identity for one in self._world.history.of(Sent) if one.phase == BEHIND}
        seen = [one for one in self._world.history.of(Outcome) if one.identity not in behind]
        return [one for one in seen if one.role in roles] if roles else seen
