"""Every kind of record where batches begin, end and meet: first, last, side by side, alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from testbed.errors import NotReached
from testbed.history import INPUT
from testbed.telco import catalogue
from testbed.telco.catalogue import Kind
from testbed.telco.draft import Draft
from testbed.wait import until

if TYPE_CHECKING:
    from testbed.world.world import World

COPIES = 5  # of each kind: one alone, one first, two side by side and last, one in the batch
# What is larger stands in the last round only: it would take all the time.
SMALL_BYTES = 100_000
# Rounds begin for so long; a slow service gets what is left of the kinds in the last round.
ROUNDS_S = 15.0
PROMPT_S = 1.0  # most answers are there by then; else it is looked at more closely


class Positions:
    """Publishes in rounds. Each waits until the one before is answered, so that what stands
    first in it is the first that the service sees of its partition, and its last has nothing
    behind it."""

    def __init__(self, world: World):
        self._world = world

    def sweep(self, group: str) -> None:
        """All kinds of a group in all positions, and in the end all of them in one batch."""
        pipeline, records = self._world.pipeline, self._records(group)
        pipeline.prepare([draft for copies in records for draft in copies])  # all scores at once
        end = pipeline.history.now() + ROUNDS_S
        for drafts in self._rounds([one for one in records if len(one) == COPIES]):
            wanted = pipeline.reader.count + len(drafts)
            pipeline.publish(drafts)
            if not self._answered(wanted) or pipeline.history.now() > end:
                break
        pipeline.publish([self._on(n, copies[0]) for n, copies in enumerate(records)])

    def _records(self, group: str) -> list[list[Draft]]:
        """For each kind so many records, no two alike; one of a large kind."""
        return [self._copies(n, kind) for n, kind in enumerate(catalogue.kinds(group))]

    def _copies(self, n: int, kind: Kind) -> list[Draft]:
        first = kind.make(COPIES * n, self._world.seed)
        count = COPIES if len(first.value or b"") <= SMALL_BYTES else 1
        more = range(COPIES * n + 1, COPIES * n + count)
        return [first, *(kind.make(number, self._world.seed) for number in more)]

    def _rounds(self, records: list[list[Draft]]) -> Iterator[list[Draft]]:
        """A kind a partition: first on its own, then around an ordinary event."""
        for start in range(0, len(records), self._partitions):
            kinds = records[start : start + self._partitions]
            yield [self._on(p, copies[1]) for p, copies in enumerate(kinds)]
            ordinary = self._world.sending.valid(len(kinds))
            yield [
                self._on(p, draft)
                for p, (_, _, first, pair, last) in enumerate(kinds)
                for draft in (first, ordinary[p], pair, last)
            ]

    def _answered(self, wanted: int) -> bool:
        """Whether so many answers are there, now or after all the time that may be taken."""
        pipeline = self._world.pipeline
        try:
            until(
                lambda: pipeline.reader.count >= wanted,
                within_s=PROMPT_S,
                what="a round to be answered",
                every_s=0.002,
            )
        except NotReached:
            return pipeline.await_outcomes("positions").reason == "drained"
        return True

    def _on(self, n: int, draft: Draft) -> Draft:
        return replace(draft, partition=n % self._partitions)

    @property
    def _partitions(self) -> int:
        return self._world.pipeline.partitions[INPUT]
