"""Sins of sharing: what members do when partitions come, go, or belong to somebody else."""

import os
import time

from consumer.at_least_once import AtLeastOnce
from consumer.fetching import Source
from consumer.loop import Loop
from consumer.processing import Processor
from tests.consumers.saboteurs.changing import answers, client_properties, instead
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import (
    FLAPPING,
    FROZEN_BRIEFLY,
    FROZEN_LONG,
    GROWN,
    ONE_KILLED,
    SCALED,
)

COMMIT_EVERY_S = 1.0


def commit_once_a_second() -> None:
    """Commit by the clock; whoever does must still do so before partitions go."""
    last = [0.0]

    @instead(AtLeastOnce, "_commit")
    def _(commit, self, **how):
        if not how and time.monotonic() - last[0] <= COMMIT_EVERY_S:
            return True
        last[0] = time.monotonic()
        return commit(self, **how)


@saboteur("no-loss", GROWN, source="B-53", also="lag-returns")
def takes_new_partitions_from_their_end():
    """What stands on a new partition before its first look there is not for it."""
    client_properties("Consumer", auto_offset_reset="latest")


@saboteur("no-duplicates", FLAPPING, source="B-41")
def lets_go_without_a_commit():
    """Commits once a second, and not before its partitions go to somebody else."""
    commit_once_a_second()

    @instead(AtLeastOnce, "revoked")
    def _(_revoked, self, partitions):
        self.lost(partitions)


def hold_back(most: int) -> list:
    """Have the source keep up to so many records until nothing came for a second; the buffer."""
    kept: list = []
    last = [0.0]

    @instead(Source, "fetch")
    def _(fetch, self, room):
        begun, fetched = time.monotonic(), fetch(self, room)
        records = kept + fetched
        last[0] = begun if fetched else last[0]
        cut = len(records) if begun - last[0] > 1.0 else max(0, len(records) - most)
        kept[:] = records[cut:]
        return records[:cut]

    return kept


@saboteur("no-duplicates", FLAPPING, source="B-35",
          also=("commit-monotone", "order-per-customer", "commit-reaches-end"))  # fmt: skip
def keeps_its_buffer_over_a_rebalance():
    """Answers what it had fetched, though another member owns it by now."""
    hold_back(200)


@saboteur("no-loss", FLAPPING, source="B-31 B-33")
def empties_its_buffer_at_a_rebalance():
    """Throws away what it had fetched, also of partitions that it keeps."""
    kept = hold_back(200)

    @instead(AtLeastOnce, "revoked")
    def _(revoked, self, partitions):
        kept.clear()
        revoked(self, partitions)


@saboteur("commit-monotone", FLAPPING, source="B-34 B-32",
          also=("no-duplicates", "commit-reaches-end", "stops-clean"))  # fmt: skip
def commits_what_it_once_had():
    """Commits all offsets that it ever knew, those of partitions that it lost too."""
    known: dict[int, int] = {}

    @instead(Source, "commit")
    def _(commit, self, offsets):
        known.update(offsets)
        commit(self, dict(known))


@saboteur("commit-monotone", FROZEN_LONG, source="B-32 B-44",
          also=("no-duplicates", "commit-reaches-end", "stops-clean", "lag-returns"))  # fmt: skip
def keeps_what_it_meant_to_commit():
    """Put out of its group, it commits what it still meant to as soon as it is a member again."""
    commit_once_a_second()

    @instead(AtLeastOnce, "lost")
    def _(lost, self, partitions):
        kept = dict(self._delivered)
        lost(self, partitions)
        self._delivered |= kept


@saboteur("stays-up", SCALED, source="B-42")
def dies_of_losing_a_partition():
    """Ends with an error when a partition is taken away from it."""

    @instead(AtLeastOnce, "revoked")
    def _(_revoked, _self, _partitions):
        os._exit(1)


@saboteur("lag-returns", FLAPPING, source="B-38 B-46")
def falls_asleep_after_the_second_change():
    """From its second loss of a partition on it owns what it owns and does nothing."""
    changes: list[int] = []

    @instead(AtLeastOnce, "revoked")
    def _(revoked, self, partitions):
        changes.append(len(partitions))
        revoked(self, partitions)

    @instead(Loop, "_turn")
    def _(turn, self):
        return self._source.tend(0.1) if len(changes) > 1 else turn(self)


@saboteur("stays-up", SCALED)
def all_go_by_one_name():
    """Every instance joins under the same static identity, and fences the one before."""
    client_properties("Consumer", group_instance_id="scorer")


@saboteur("every-partition-owned", ONE_KILLED, source="B-40", alone=True, quick=True,
          also=("lag-returns", "no-loss", "poison-isolated"))  # fmt: skip
def shares_out_only_what_it_had() -> int:
    """As leader it forgets the partitions of a member that is gone."""
    from tests.consumers.saboteurs.forgetful_leader import run

    return run()


def _after_a_gap(then) -> None:
    """Call ``then(source)`` when a fetch ends more than a second after the one before it."""
    last = [0.0]

    @instead(Source, "fetch")
    def _(fetch, self, room):
        records = fetch(self, room)
        before, last[0] = last[0], time.monotonic()
        if before and last[0] - before > 1.0:
            then(self)
        return records


@saboteur("no-loss", FROZEN_BRIEFLY, source="B-59")
def empties_its_buffer_after_a_pause():
    """After a pause it takes what it has in hand for stale, and throws it away."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        if stale:
            batch.outgoing.clear()
            stale.clear()
        return batch

    stale: list[int] = []
    _after_a_gap(lambda _: stale.append(1))


@saboteur("no-duplicates", FROZEN_BRIEFLY, source="B-43",
          also=("commit-monotone", "order-per-customer"))  # fmt: skip
def goes_back_after_a_pause():
    """After a pause it takes its membership for lost, and begins where it once began."""

    def back(source: Source) -> None:
        for place in source._client.committed(source._partitions(source.assigned), timeout=10):
            place.offset = max(0, place.offset - 100)
            source._client.seek(place)

    _after_a_gap(back)


@saboteur("no-loss", SCALED)
def second_instances_lose_one():
    """Any instance but the first loses the first record that it gets."""
    if os.environ.get("INSTANCE", "0") == "0":
        return
    seen: list[int] = []

    def but_the_first(_, right):
        seen.append(1)
        return [right] if len(seen) > 1 else []

    answers(but_the_first)
