"""What befalls single brokers of a cluster while the service works, and who takes their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from testbed import clients, faults
from testbed.brokers.protocol import HasNodes
from testbed.errors import BenchError, NotReached
from testbed.history import PREDICTIONS
from testbed.observers.placement import NOBODY, PROGRESS, TRANSACTIONS, Placement
from testbed.pipeline import LOOK_EVERY_S
from testbed.wait import until

if TYPE_CHECKING:
    from testbed.traffic import Traffic
    from testbed.world.world import World

LEADS, KEEPS_PROGRESS, KEEPS_TRANSACTIONS = (
    *("leads the predictions", "keeps the group's progress"),
    "keeps the transactions",
)
DUTIES = (LEADS, KEEPS_PROGRESS, KEEPS_TRANSACTIONS)
SHARE = 0.3  # of a load that is answered before something happens
ASK_S = 1.0  # one question, to whichever node answers
ALONE_S = 1.0  # two of three nodes frozen: far below their session
ANSWERED_S = 0.2  # a broker answers for itself alone within milliseconds
MOMENTS_TRIED = 12  # to find results that one node alone has
SCARCE_S = 3.0  # of too few copies: many times a client's pause between two tries


class Nodes:
    """Brokers go one at a time; each fault is proven to have met work and changed the cluster."""

    def __init__(self, world: World):
        self._world = world

    def open(self) -> None:
        """See that the cluster is whole: whoever was ended before is back, with all its copies."""
        for node in self._cluster.nodes:
            if not self._cluster.is_up(node):
                self._cluster.start_node(node)

    def lose(self, duty: str, count: int) -> None:
        """Kill the broker that has a duty; it stays away, and another has to be found."""

        def fault(traffic: Traffic) -> None:
            topic = self._topic(duty)
            with self._at_work(f"broker lost: it {duty}", traffic) as proof:
                node = proof["node"] = self._leader(topic)
                self._cluster.end_node(node, clean=False)
                proof["successor"] = self._await_successor(topic, node)

        self._while_working(count, fault)

    def lose_what_it_alone_has(self, count: int) -> None:
        """Kill the broker that leads predictions while it has some that no other has yet."""

        def fault(traffic: Traffic) -> None:
            topic, name = self._topic(LEADS), "broker lost: with results that it alone had"
            with self._at_work(name, traffic) as proof:
                node = proof["node"] = self._leader(topic)
                proof["bytes_alone"] = self._kill_ahead(node, topic, traffic)
                proof["successor"] = self._await_successor(topic, node)

        self._while_working(count, fault)

    def lack_copies(self, count: int) -> None:
        """Predictions want a copy on every broker, and one is away for a while."""

        def fault(traffic: Traffic) -> None:
            topic, copies = self._topic(LEADS), len(self._cluster.nodes)
            node = self._bystander()
            with self._at_work("broker refuses: too few copies", traffic) as proof:
                proof["node"] = node
                self._cluster.end_node(node, clean=True)
                proof["in_step"] = self._await_scarce(topic, copies)
                # Only now: what is under way when a copy goes is held back, and not refused.
                self._world.bench.topics.require_copies(topic, copies)
                self._world.troubles.last(SCARCE_S)
                self._cluster.start_node(node)

        self._while_working(count, fault)

    def restart_each(self, count: int) -> None:
        """Restart one broker after the other, as for an upgrade."""

        def fault(traffic: Traffic) -> None:
            for node in self._cluster.nodes:
                with self._at_work(f"broker {node} restart", traffic):
                    self._cluster.end_node(node, clean=True)
                    self._cluster.start_node(node)

        self._while_working(count, fault)

    @property
    def _cluster(self) -> HasNodes:
        broker = self._world.bench.broker
        if not isinstance(broker, HasNodes):
            raise BenchError("The scenario did not ask for a cluster", "its tag is @cluster")
        return broker

    @contextmanager
    def _at_work(self, name: str, traffic: Traffic) -> Iterator[dict]:
        """A fault that begins while there is work, open or still to come; gives its proof.

        Raises ``BenchError`` where there was none, for then nothing was put to the test.
        """
        pipeline = self._world.pipeline
        with faults.recorded(pipeline, name) as proof:
            before = pipeline.group.checkpoint("live")
            proof["open_work"] = faults.open_work(before) + traffic.left
            yield proof
        if not proof["open_work"]:
            raise BenchError(
                f"The load was over before '{name}' began",
                next_step="Run it again with a larger load, or on a faster machine",
            )

    def _while_working(self, count: int, fault: Callable[[Traffic], None]) -> None:
        with self._world.service.traffic(count) as traffic:
            traffic.await_answers(share=SHARE)
            fault(traffic)
        self._world.service.revive()

    def _placement(self) -> Placement:
        """With a client of its own: an older one may wait for a broker that is gone."""
        return Placement(clients.admin(self._world.bench.handover), ASK_S)

    def _topic(self, duty: str) -> str:
        if duty == KEEPS_TRANSACTIONS:
            self._begin_transactions()
        topics = {KEEPS_PROGRESS: PROGRESS, KEEPS_TRANSACTIONS: TRANSACTIONS}
        return topics.get(duty) or self._world.pipeline.topics[PREDICTIONS]

    def _begin_transactions(self) -> None:
        """The cluster begins to keep them with the first; not every service needs one."""
        handover, within_s = self._world.bench.handover, self._world.limits.publish_s
        own = {"transactional.id": f"{self._world.pipeline.group.name}-testbed"}
        clients.producer(handover, **own).init_transactions(within_s)

    def _leader(self, topic: str) -> int:
        placement = self._placement()
        return until(
            lambda: max(placement.leader(topic), 0),
            within_s=self._world.limits.admin_s,
            what=f"{topic} to have a leader",
        )

    def _bystander(self) -> int:
        """A broker that does not keep the group's progress."""
        keeper = self._leader(PROGRESS)
        return next(node for node in self._cluster.nodes if node != keeper)

    def _await_successor(self, topic: str, node: int) -> int:
        placement = self._placement()

        def successor() -> int:
            leader = placement.leader(topic)
            return 0 if leader in (NOBODY, node) else leader

        return until(
            successor,
            within_s=self._world.limits.broker_ready_s,
            what=f"another broker to lead {topic}",
            describe=lambda: placement.leader(topic),
            every_s=LOOK_EVERY_S,
        )

    def _await_scarce(self, topic: str, copies: int) -> int:
        placement = self._placement()
        return until(
            lambda: placement.in_step(topic) % copies,
            within_s=self._world.limits.broker_ready_s,
            what=f"{topic} to lack a copy",
            describe=lambda: placement.in_step(topic),
            every_s=LOOK_EVERY_S,
        )

    def _kill_ahead(self, node: int, topic: str, traffic: Traffic) -> int:
        """Kill it with results that were not copied; how many bytes that were."""
        partitions = self._placement().led_by(topic, node)
        for _ in range(MOMENTS_TRIED):
            with self._frozen(node):
                ahead = self._await_ahead(topic, partitions, node)
                if ahead:
                    self._cluster.end_node(node, clean=False)
                    return ahead
            traffic.await_progress()
        raise BenchError(
            "The broker never had results that no other had",
            f"none of {MOMENTS_TRIED} looks found any",
            "Run it again with a larger load",
        )

    @contextmanager
    def _frozen(self, but: int) -> Iterator[None]:
        """All other nodes stand still while the body runs."""
        others = [node for node in self._cluster.nodes if node != but]
        try:
            for node in others:
                self._cluster.pause_node(node)
            yield
        finally:
            for node in others:
                self._cluster.resume_node(node)

    def _await_ahead(self, topic: str, partitions: list[int], node: int) -> int:
        """Until no more come: whoever asks one broker alone has its answer by then."""
        history = self._world.history
        last, since = 0, history.now()

        def ahead() -> int:
            nonlocal last, since
            stored = [self._cluster.stored(topic, partition) for partition in partitions]
            now = sum(max(0, one.pop(node) - max(one.values())) for one in stored)
            if now != last:
                last, since = now, history.now()
            return now if history.now() - since > ANSWERED_S else 0

        try:
            return until(ahead, within_s=ALONE_S, what="results that one broker alone has")
        except NotReached:
            return last
