"""What became of the records that were published: answers, and what the topic holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from testbed import clients
from testbed.history import INPUT, Sent

if TYPE_CHECKING:
    from testbed.world.world import World


class Inputs:
    """Compares the broker's answers and the input topic with what was sent."""

    def __init__(self, world: World):
        self._world = world

    def expect_acknowledged(self, acknowledged: int, sent: int) -> None:
        """So many of so many were acknowledged, and every record got an answer."""
        answers = Counter(one.outcome for one in self._sent())
        got = (answers["acknowledged"], answers.total())
        assert got == (acknowledged, sent), (
            f"Expected {acknowledged} of {sent} events acknowledged, got {got[0]} of {got[1]} "
            f"(failed: {answers['failed']}, unknown: {answers['unknown']})"
        )

    def expect_refused(self) -> None:
        """Exactly the record that was too large failed."""
        failed = [one.note for one in self._sent() if one.outcome == "failed"]
        assert failed == ["too large"], f"Expected only the one too large to fail, got {failed}"

    def expect_stored(self) -> None:
        """The topic holds each acknowledged record at its position, unchanged, and no other."""
        sent = {
            (one.partition, one.offset): (one.key, one.value, one.headers)
            for one in self._sent()
            if one.outcome == "acknowledged"
        }
        assert sent, "Expected acknowledged events to compare, got none"
        found = {
            (message.partition(), message.offset()): (
                message.key(), message.value(), tuple(message.headers() or ())
            )
            for message in self._stored()
        }  # fmt: skip
        wrong = [
            place for place in sent.keys() | found.keys() if sent.get(place) != found.get(place)
        ]
        assert not wrong, (
            f"Expected {len(sent)} records as they were sent, "
            f"got {len(wrong)} missing, changed or foreign, first at {min(wrong)}"
        )

    def expect_together(self) -> None:
        """Each customer's records share a partition, in the order in which they were sent."""
        by_customer: dict[str, list[Sent]] = defaultdict(list)
        for one in sorted(self._sent(), key=lambda one: one.n):
            by_customer[one.entity].append(one)
        for customer, records in by_customer.items():
            places = {one.partition for one in records}
            offsets = [one.offset for one in records]
            assert len(places) == 1, f"Expected one partition for {customer}, got {places}"
            assert offsets == sorted(offsets), f"Expected order for {customer}, got {offsets}"

    def _sent(self) -> list[Sent]:
        return self._world.history.of(Sent)

    def _stored(self):
        pipeline = self._world.pipeline
        ends = pipeline.group.ends(INPUT)[INPUT]
        return clients.read_topic(
            self._world.bench.handover, pipeline.topics[INPUT], ends, self._world.limits.admin_s
        )
