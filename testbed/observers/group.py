"""Reads the consumer group as the Admin API shows it, and records what changes."""

import struct
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from itertools import count

from confluent_kafka import (
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaError,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec

from testbed.brokers import coordinator
from testbed.errors import BenchError, NotReached
from testbed.history import Checkpoint, Group, History, Member
from testbed.observers.questions import NEVER_S, WITHIN_S, Questions
from testbed.wait import until

ASK_S = 2.0  # one plain question to one broker of several
EVERY_S = 0.1  # often enough to see a commit that runs ahead; one tick costs ~5 ms of broker
UNSTABLE = KafkaError.UNSTABLE_OFFSET_COMMIT
MEMBERS_EVERY = 3  # ticks, while the group is stable: to ask who is in it costs the most


class GroupObserver:
    """Samples committed offsets, ends of topics and membership; records changes only.

    ``topics`` maps a role to its topic name, ``partitions`` a role to its partition count.
    """

    def __init__(
        self,
        questions: Questions,
        group: str,
        topics: dict[str, str],
        partitions: dict[str, int],
        history: History,
        *,
        plain_servers: str = "",
    ):
        """``plain_servers``: where offsets are asked for past the Admin API; see ``committed``."""
        self._plain_servers = plain_servers
        self._questions, self.name, self._history = questions, group, history
        self._topics, self._partitions = topics, partitions
        self._last_commit: dict[int, int] | None = None
        self._last_group: Group | None = None
        # Two looks at once would be recorded in an order that never was.
        self._looking = threading.Lock()
        self._sampling = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="group-observer", daemon=True)

    def start(self) -> None:
        """Begin to sample."""
        self._thread.start()

    def close(self) -> None:
        """Stop sampling."""
        self._stopping.set()
        if self._thread.ident:
            self._thread.join()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Ask nothing while the body takes the broker away, and go on with a new client."""
        with self._sampling:
            yield
            self._questions.renew()

    def committed(self) -> dict[int, int]:
        """The group's committed offset of each input partition that has one."""
        topic = self._topics["input"]
        if self._plain_servers:
            return self._plainly_committed(topic)
        return {
            place.partition: place.offset
            for place in self._offsets_told(require_stable=False)
            if place.offset >= 0 and not place.error
        }

    def _offsets_told(self, *, require_stable: bool) -> list[TopicPartition]:
        """What the coordinator says of each input partition; stable: to no open transaction's."""
        topic = self._topics["input"]
        asked = [TopicPartition(topic, p) for p in range(self._partitions["input"])]
        request = ConsumerGroupTopicPartitions(self.name, asked)
        how = {"require_stable": require_stable, "request_timeout": NEVER_S}
        told = self._questions.ask(
            lambda admin: admin.list_consumer_group_offsets([request], **how)[self.name],
            "tell the group's offsets",
        )
        return told.topic_partitions

    def _plainly_committed(self, topic: str) -> dict[int, int]:
        def told() -> tuple[dict[int, int]] | None:
            try:
                count = self._partitions["input"]
                return (coordinator.committed(self._plain_servers, self.name, topic, count, ASK_S),)
            except (OSError, struct.error):
                return None

        try:
            (offsets,) = until(told, within_s=WITHIN_S, what="the group's offsets")
        except NotReached as error:
            raise BenchError("No broker told the group's offsets", error.what) from error
        return offsets

    def ends(self, *roles: str, committed_only: bool = True) -> dict[str, dict[int, int]]:
        """The end of each partition of the given roles' topics.

        With ``committed_only`` the last stable offset: where a read_committed reader ends.
        """
        level = IsolationLevel.READ_COMMITTED if committed_only else IsolationLevel.READ_UNCOMMITTED
        places = {
            TopicPartition(self._topics[role], p): (role, p)
            for role in roles
            for p in range(self._partitions[role])
        }
        ends: dict[str, dict[int, int]] = {role: {} for role in roles}
        for place, offset in self._offsets(list(places), level).items():
            role, partition = places[place]
            ends[role][partition] = offset
        return ends

    def unstable(self) -> set[tuple[str, int, int]]:
        """Where an open transaction stands in the way: role, partition, offset.

        Readers of outcomes, read_committed, get no further there; whoever takes over an input
        partition does not learn where to begin.
        """
        return self._hidden_outcomes() | self._pending_offsets()

    def _pending_offsets(self) -> set[tuple[str, int, int]]:
        if self._plain_servers:
            return set()  # the plain question knows nothing of it
        told = self._offsets_told(require_stable=True)
        pending = {one.partition for one in told if one.error and one.error.code() == UNSTABLE}
        done = self.committed() if pending else {}
        return {("input", partition, done.get(partition, 0)) for partition in pending}

    def _hidden_outcomes(self) -> set[tuple[str, int, int]]:
        visible = self.ends("predictions", "dead letters")
        ends = self.ends("predictions", "dead letters", committed_only=False)
        return {
            (role, partition, at)
            for role, offsets in visible.items()
            for partition, at in offsets.items()
            if at < ends[role][partition]
        }

    def checkpoint(self, reason: str, *, settled: bool = False) -> Checkpoint:
        """Record commits, and the ends read after them: what was committed must be visible."""
        with self._looking:
            committed = self.committed()
            ends = self.ends("predictions", "dead letters", "input")
            inputs = ends.pop("input")
            checkpoint = Checkpoint(
                reason=reason, committed=committed, ends=ends, input_ends=inputs, settled=settled
            )
            return self._history.append(checkpoint)

    def describe(self) -> Group:
        """The group's state and members now; recorded where it changed."""
        told = self._questions.ask(
            lambda admin: admin.describe_consumer_groups([self.name], request_timeout=NEVER_S)[
                self.name
            ],
            "describe the group",
        )
        group = Group(state=_state(told.state), members=_members(told, self._topics["input"]))
        if group != self._last_group:
            self._last_group = group
            self._history.append(group)
        return group

    def in_use(self) -> bool:
        """Whether the group has a member; not if no broker tells."""
        try:
            return bool(self.describe().members)
        except BenchError:
            return False

    def _offsets(self, places, level: IsolationLevel) -> dict[TopicPartition, int]:
        first: dict[TopicPartition, Future] = {}

        def end(admin: AdminClient, place: TopicPartition) -> Future:
            """The answer to one question for all places, then new ones for those that failed."""
            return first.pop(place, None) or _ends(admin, [place], level)[place]

        def all_ends(admin: AdminClient) -> Future:
            first.update(_ends(admin, places, level))
            return first[places[0]]

        self._questions.ask(all_ends, "tell the ends")
        return {
            place: self._questions.ask(
                partial(end, place=place), "tell an end", is_known=lambda told: told.offset >= 0
            ).offset
            for place in places
        }

    def _run(self) -> None:
        for tick in count():
            if self._stopping.wait(EVERY_S):
                return
            try:
                with self._sampling:
                    self._sample(tick)
            except BenchError:
                continue  # a broker that is away has no commits to show; the wait above ends it

    def _sample(self, tick: int) -> None:
        settled = self._last_group is not None and self._last_group.state == "stable"
        if not settled or tick % MEMBERS_EVERY == 0:
            self.describe()
        committed = self.committed()
        if committed and committed != self._last_commit:
            self._last_commit = committed
            self.checkpoint("live")


def _ends(admin: AdminClient, places: list[TopicPartition], level: IsolationLevel) -> dict:
    asked = {place: OffsetSpec.latest() for place in places}
    return admin.list_offsets(asked, isolation_level=level, request_timeout=NEVER_S)


def _state(state: ConsumerGroupState) -> str:
    return state.name.lower().replace("_", " ")


def _members(told, topic: str) -> tuple[Member, ...]:
    return tuple(
        Member(
            member_id=member.member_id,
            client_id=member.client_id or "",
            partitions=tuple(
                sorted(
                    place.partition
                    for place in (member.assignment.topic_partitions if member.assignment else ())
                    if place.topic == topic
                )
            ),
        )
        for member in sorted(told.members, key=lambda member: member.member_id)
    )
