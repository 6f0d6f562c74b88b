"""Customer events in the amounts and mixtures that scenarios ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from testbed.history import INPUT
from testbed.telco import catalogue, customers
from testbed.telco.draft import Draft

if TYPE_CHECKING:
    from testbed.world.world import World

TOO_LARGE_BYTES = 2_000_000  # above the topic's one megabyte, below any client's own limit
ORDINARY_PER_KIND = 2  # neighbours of each odd record: one before, one behind
EVENTS_EACH = 40  # of one customer in a load: spread over thousands of others' events
BACKLOG_PART = 10_000  # records: whole blocks of customers, see ``customers.stream``
BAD_IN_TROUBLE = 0.1  # of a load under faults: whatever is interrupted has dead letters in hand
BEHIND = 6  # ordinary events behind the last odd one: two a partition prove that life goes on


class Sending:
    """Publishes on the scenario's input topic; everything follows from the scenario's seed."""

    def __init__(self, world: World):
        self._world = world
        self._streamed = self._catalogued = 0

    def fifty(self, *, too_large: bool = False) -> None:
        """The fifty known customers; with ``too_large`` one more that the topic refuses."""
        drafts = customers.fifty(self._world.options.seed)
        if too_large:
            drafts.insert(25, _too_large(drafts[0]))
        self._world.pipeline.publish(drafts)

    def ordinary(self, count: int) -> None:
        """Valid events of many customers."""
        self._world.pipeline.publish(self.valid(count))

    def several(self, customers_count: int, each: int) -> None:
        """Some customers, several different events of each, keyed by customer."""
        drafts = self.valid(customers_count * each, per_customer=each)
        self._world.pipeline.publish([replace(draft, partition=None) for draft in drafts])

    def copies(self, count: int, times: int) -> None:
        """The same events again and again, byte for byte."""
        self._world.pipeline.publish(self.valid(count) * times)

    def bad_copies(self, count: int, times: int) -> None:
        """The same of what cannot be scored."""
        self._world.pipeline.publish(self.invalid(count) * times)

    def alike(self, count: int) -> None:
        """Pairs of customers that differ in name only, and whom the model cannot tell apart."""
        first = self.valid(count, per_customer=1)
        second = self.valid(count, per_customer=1)
        pairs = zip(first, second, strict=True)
        self._world.pipeline.publish([d for a, b in pairs for d in (a, customers.like(a, b))])

    def kinds(self, group: str) -> None:
        """One record of each kind of a group, among ordinary ones, on all partitions."""
        partitions = self._world.pipeline.partitions[INPUT]
        drafts = []
        for n, kind in enumerate(catalogue.kinds(group), start=self._catalogued):
            neighbours = self.valid(ORDINARY_PER_KIND)
            odd = kind.make(n, self._world.seed)
            drafts += _on(n % partitions, [neighbours[0], odd, neighbours[1]])
        self._catalogued += len(catalogue.kinds(group))
        self._world.pipeline.publish([*drafts, *self.valid(BEHIND)])

    def mixed(self, bad: int, good: int) -> None:
        """Invalid events spread evenly among valid ones."""
        invalid, valid = self.invalid(bad), self.valid(good)
        self._world.pipeline.publish(_spread(invalid, valid))

    def positions(self) -> None:
        """On each partition: bad, ordinary, two bad side by side, ordinary, bad."""
        drafts = []
        for partition in range(self._world.pipeline.partitions[INPUT]):
            bad, good = self.invalid(4), self.valid(20)
            drafts += _on(partition, [bad[0], *good[:10], bad[1], bad[2], *good[10:], bad[3]])
        self._world.pipeline.publish(drafts)

    def mixed_load(self, count: int) -> None:
        """A realistic mixture, all at once."""
        self._world.pipeline.publish(self._mixture(self._world.bench.volume(count)))

    def backlog(self, count: int) -> None:
        """A long backlog; the valid events' bytes stay out of the history, for its size.

        In parts, since drafts take several times the memory of what is kept of them.
        """
        left = self._world.bench.backlog(count)
        while left > 0:
            part = min(left, BACKLOG_PART)
            self._world.pipeline.publish(self._mixture(part), keep_values=False)
            left -= part

    def load(self, count: int) -> list[Draft]:
        """A mixture for work under faults; customers live through several of them."""
        return self._mixture(count, invalid_share=BAD_IN_TROUBLE)

    def on(self, partition: int, count: int) -> None:
        """Valid events and some invalid ones on one partition."""
        few = max(1, int(count * BAD_IN_TROUBLE))
        drafts = _spread(self.invalid(few), self.valid(count - few))
        self._world.pipeline.publish(_on(partition, drafts))

    def sentinels(self) -> list[Draft]:
        """One valid event for each partition."""
        partitions = self._world.pipeline.partitions[INPUT]
        return [
            replace(draft, partition=p, note="sentinel")
            for p, draft in enumerate(self.valid(partitions, per_customer=1))
        ]

    def valid(self, count: int, *, per_customer: int = 4) -> list[Draft]:
        """The next valid events of this scenario's stream."""
        return self._stream(count, per_customer=per_customer, invalid_share=0.0, odd_share=0.0)

    def invalid(self, count: int) -> list[Draft]:
        """The next invalid events of this scenario's stream."""
        return self._stream(count, per_customer=1, invalid_share=1.0, odd_share=0.0)

    def _mixture(self, count: int, **shape) -> list[Draft]:
        return self._stream(count, per_customer=EVENTS_EACH, **shape)

    def _stream(self, count: int, **shape) -> list[Draft]:
        drafts = customers.stream(self._world.seed, count, start=self._streamed, **shape)
        self._streamed += count
        return drafts


def _too_large(like: Draft) -> Draft:
    return Draft(key=like.key, value=b"x" * TOO_LARGE_BYTES, note="too large")


def _on(partition: int, drafts: list[Draft]) -> list[Draft]:
    return [replace(draft, partition=partition) for draft in drafts]


def _spread(few: list[Draft], many: list[Draft]) -> list[Draft]:
    every = max(1, len(many) // max(1, len(few)))
    mixed = list(many)
    for n, draft in enumerate(few):
        mixed.insert(n * (every + 1), draft)
    return mixed
