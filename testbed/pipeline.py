"""The driver of one scenario: publish, start, stop, wait. It judges nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from confluent_kafka import Producer
from msgspec.structs import replace

from testbed.errors import BenchError, CannotStart, NotReached
from testbed.fleet import Fleet, tail
from testbed.history import (
    DEAD_LETTERS,
    INPUT,
    PREDICTIONS,
    Checkpoint,
    Fault,
    History,
    Mark,
    Sent,
    Settled,
)
from testbed.limits import Limits
from testbed.observers.group import GroupObserver
from testbed.observers.topics import TopicReader
from testbed.producing import Publisher
from testbed.settling import Settling
from testbed.telco.draft import Draft
from testbed.telco.oracle import Oracle
from testbed.wait import until

OUTPUTS = (PREDICTIONS, DEAD_LETTERS)
SENTINEL = "sentinel"  # the phase of events that only show that what was before them is over
BEHIND = "behind a fault"  # the same after a fault; nobody counts these
QUICK_S = 1.0  # for one event; who commits by a slower clock gets the others at once
LOOK_EVERY_S = 0.02  # between two looks at the broker while waiting: ~3 ms of its time each
JOIN_EVERY_S = 0.05  # a member needs several times as long to start and join


@dataclass
class Pipeline:
    """One input topic, one consumer group, two output topics, and all that watches them."""

    history: History
    publisher: Publisher
    fleet: Fleet
    reader: TopicReader
    group: GroupObserver
    oracle: Oracle | None
    limits: Limits
    session_timeout_s: float
    topics: dict[str, str]
    partitions: dict[str, int]
    _old_members: set[str] = field(default_factory=set)
    _started: int = 0
    _settled_at: int = -1
    _finished: bool = False
    _trouble: BenchError | None = None  # while it was finished

    def publish(self, drafts: list[Draft], *, phase: str = "", keep_values=True) -> list[Sent]:
        """Publish drafts on the input topic and wait for the broker's answers."""
        drafts, expected = self.prepare(drafts)
        return self.publisher.publish(
            drafts,
            expected,
            within_s=self.limits.publish_s,
            phase=phase,
            keep_values=keep_values,
        )

    def adopt(self, records: list[tuple[Draft, tuple[int, int]]]) -> list[Sent]:
        """Take what another program has put on the input topic for published.

        With each record its partition and offset.
        """
        drafts, expected = self.prepare([draft for draft, _ in records])
        return self.publisher.adopt(drafts, expected, [place for _, place in records])

    def grow(self, total: int) -> None:
        """The input topic has so many partitions from now on: look at all, and publish on them."""
        with self.group.away():  # a client that knew the topic before refuses to look at more
            self.partitions[INPUT] = total  # which the observers share
            self.publisher.await_partitions(total, self.limits.admin_s)

    def transaction(self, producer: Producer, drafts: list[Draft]):
        """Publish drafts in a transaction; see ``Publisher.transaction``."""
        drafts, expected = self.prepare(drafts)
        within_s = self.limits.publish_s
        return self.publisher.transaction(producer, drafts, expected, within_s=within_s)

    def start_consumers(self, count: int = 1, *, extra: tuple[str, ...] = ()) -> None:
        """Start instances 0 … count-1 that do not run yet."""
        running = {one.number for one in self.fleet.running()}
        missing = [number for number in range(count) if number not in running]
        self._old_members = self._member_ids() if missing else set()
        self._started = len(missing)
        for number in missing:
            self.fleet.start(number, extra=extra)

    def await_joined(self) -> None:
        """Wait until every instance that was started last is seen in the group."""
        self._await(self._joined, "the started instances to join the group")

    def await_ready(self) -> None:
        """Wait until the group is stable with all new members, and owns every input partition.

        A member that was killed looks alive until its session ends, so only new ones count.
        """
        self._await(self._ready, "the group to be stable and to own every input partition")
        self.fleet.ready()

    def await_empty_group(self) -> None:
        """Wait until the group has given up every member, after their session at the latest."""
        until(
            lambda: not self.group.describe().members,
            within_s=self.session_timeout_s * 2 + self.limits.consumer_ready_s,
            what="the group to give its members up",
            describe=self._group_in_words,
            every_s=LOOK_EVERY_S,
        )

    def _joined(self) -> bool:
        return len(self._member_ids() - self._old_members) >= self._started

    def _ready(self) -> bool:
        group = self.group.describe()
        owned = sorted(p for member in group.members for p in member.partitions)
        new = {member.member_id for member in group.members} - self._old_members
        return (
            group.state == "stable"
            and owned == list(range(self.partitions["input"]))
            and len(new) >= self._started
        )

    def _member_ids(self) -> set[str]:
        return {member.member_id for member in self.group.describe().members}

    def _await(self, condition: Callable[[], bool], what: str) -> None:
        def met() -> bool:
            self.fleet.expect_running()
            return condition()

        try:
            until(
                met,
                within_s=self.limits.consumer_ready_s + self.session_timeout_s,
                what=what,
                describe=self._group_in_words,
                every_s=JOIN_EVERY_S,
            )
        except NotReached as error:
            raise CannotStart(
                "Consumer never became ready",
                error.what + "; " + error.cause,
                "Its log ends with:\n" + self._logs(),
            ) from error

    def await_outcomes(self, phase: str = "") -> Settled:
        """Wait until everything is answered and committed, or nothing moves any more."""
        settling = Settling(
            self.history,
            self.fleet,
            self.reader,
            self.group,
            self.limits,
            self.session_timeout_s,
            phase,
        )
        reason = until(
            settling.reason,
            within_s=self.limits.outcomes_s + self.limits.admin_s,
            what="the consumer to answer or to stall",
            every_s=LOOK_EVERY_S,
        )
        self.read_all()
        event = self.history.append(settling.event(reason))
        if reason == "drained":
            self.group.checkpoint("drained")
        self._settled_at = self.publisher.count
        return event

    def stop_consumers(self) -> None:
        """Stop every instance as an operator would, then look at what is left."""
        for instance in self.fleet.running():
            self.fleet.stop(instance.number)
        self.look("stopped")

    def look(self, reason: str) -> Checkpoint:
        """A checkpoint at rest: nobody runs, so commits and outcomes can be compared exactly."""
        settled = not self.fleet.running() and self.outputs_at_rest()
        return self.group.checkpoint(reason, settled=settled)

    def outputs_at_rest(self) -> bool:
        """Whether no transaction is left open on the output topics, within a short wait."""
        try:
            until(
                lambda: (
                    self.group.ends(*OUTPUTS) == self.group.ends(*OUTPUTS, committed_only=False)
                ),
                within_s=self.limits.settle_s,
                what="every transaction to end",
                every_s=LOOK_EVERY_S,
            )
        except NotReached:
            return False
        return True

    def read_all(self) -> None:
        """Wait until the reader has recorded everything that is visible now."""
        ends = self.group.ends(*OUTPUTS)
        places = {
            (self.topics[role], partition): end
            for role, parts in ends.items()
            for partition, end in parts.items()
        }
        self.reader.read_to(places, self.limits.admin_s)

    def finish(self, sentinels: Callable[[], list[Draft]] = list) -> None:
        """Settle, stop, look a last time, and end the observers. Once; an error comes again.

        After a fault ``sentinels``, one for each partition, are published once all is answered:
        what a service does again over the fault comes before its answers to them.
        What was only half looked at must never be judged.
        """
        if self._trouble:
            raise self._trouble
        if self._finished:
            return
        self._finished = True
        try:
            self._finish(sentinels)
        except BenchError as error:
            self._trouble = error
            raise

    def _finish(self, sentinels: Callable[[], list[Draft]]) -> None:
        if self._settled_at != self.publisher.count:
            self.await_outcomes("end")
        if self._recovered():
            self._in_turn(sentinels())
        if self.fleet.running():
            self.stop_consumers()
        self.look("final")
        self.read_all()
        self.close()

    def _in_turn(self, drafts: list[Draft]) -> None:
        """One after the other where that is quick: a commit that goes back stays to be seen."""
        quick = True
        while drafts and self._recovered():
            count = 1 if quick else len(drafts)
            self.publish(drafts[:count], phase=BEHIND)
            quick = self.await_outcomes(BEHIND).waited_s < QUICK_S
            drafts = drafts[count:]

    def _recovered(self) -> bool:
        """Whether there was a fault, and all was answered in spite of it."""
        if not self.history.of(Fault) or not self.fleet.running():
            return False
        settled = self.history.of(Settled)
        return bool(settled) and settled[-1].reason == "drained"

    def close(self) -> None:
        """End what this scenario runs: consumers at once, then observers."""
        self.fleet.close()
        self.group.close()
        self.reader.close()

    def mark(self, name: str, **figures) -> None:
        """Record a moment that a promise refers to."""
        self.history.append(Mark(name=name, figures=figures))

    def prepare(self, drafts: list[Draft]):
        """The drafts with what is right for them, and each one's score and label, if known."""
        if self.oracle is None:
            return drafts, [None] * len(drafts)
        expected = self.oracle.expect(drafts)
        return [
            unscoreable(draft) if right is None and draft.admits == ("scored",) else draft
            for draft, right in zip(drafts, expected, strict=True)
        ], expected

    def _group_in_words(self) -> str:
        group = self.group.describe()
        if not group.members:
            return (
                f"nobody in group {self.group.name} ({group.state}): does the consumer use "
                "{group_id}, and subscribe instead of taking partitions for itself?"
            )
        owned = {member.client_id: list(member.partitions) for member in group.members}
        return f"group {group.state}, members and their partitions {owned}"

    def _logs(self) -> str:
        return "\n".join(tail(one.log) for one in self.fleet.instances.values())


def unscoreable(draft: Draft) -> Draft:
    """The same draft, for a model that cannot score it: valid, so only a dead letter is right."""
    return replace(draft, admits=("inference_error",))
