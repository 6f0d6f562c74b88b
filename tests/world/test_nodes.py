"""What a cluster's faults ask of the bench, and when they are no proof."""

from types import SimpleNamespace

import pytest

from testbed.errors import BenchError
from testbed.history import History
from testbed.world import nodes
from testbed.world.nodes import Nodes


class Cluster:
    """Three nodes that only remember what was done to them; ``ahead``: node 1's further bytes."""

    nodes = (1, 2, 3)

    def __init__(self, *, down: int = 0, ahead: int = 0):
        self._down, self._ahead, self.done = down, ahead, []

    def is_up(self, node):
        return node != self._down

    def end_node(self, node, *, clean):
        self.done.append(("stop" if clean else "kill", node))

    def start_node(self, node):
        self.done.append(("start", node))

    def pause_node(self, node):
        self.done.append(("pause", node))

    def resume_node(self, node):
        self.done.append(("resume", node))

    def stored(self, topic, partition):
        return {1: 100 + self._ahead, 2: 100, 3: 90}


def made(broker, monkeypatch) -> Nodes:
    monkeypatch.setattr(nodes, "ALONE_S", 0.5)
    monkeypatch.setattr(nodes, "ANSWERED_S", 0.05)
    own = Nodes(SimpleNamespace(bench=SimpleNamespace(broker=broker), history=History()))
    monkeypatch.setattr(own, "_placement", lambda: SimpleNamespace(led_by=lambda *_: [0, 2]))
    return own


def test_a_single_broker_is_no_cluster(monkeypatch):
    with pytest.raises(BenchError, match="did not ask for a cluster"):
        made(object(), monkeypatch).open()


def test_whoever_was_lost_is_back_before_the_next_scenario(monkeypatch):
    """And nobody else is touched."""
    cluster = Cluster(down=2)
    made(cluster, monkeypatch).open()
    assert cluster.done == [("start", 2)]


def test_the_leader_is_killed_while_it_alone_has_something(monkeypatch):
    """The others stand still until it is gone, and then run again."""
    cluster = Cluster(ahead=7)
    assert made(cluster, monkeypatch)._kill_ahead(1, "t", None) == 14
    assert cluster.done == [
        *(("pause", 2), ("pause", 3)),
        *(("kill", 1), ("resume", 2), ("resume", 3)),
    ]


def test_it_is_killed_when_no_more_comes(monkeypatch):
    """Until then a service that asks one broker alone may not have been answered."""
    cluster = Cluster()
    growing = iter(range(1, 6))
    more = lambda *_: {1: next(growing, 6), 2: 0, 3: 0}  # noqa: E731
    monkeypatch.setattr(cluster, "stored", more)
    own = made(cluster, monkeypatch)
    monkeypatch.setattr(own, "_placement", lambda: SimpleNamespace(led_by=lambda *_: [0]))
    assert own._kill_ahead(1, "t", None) == 6


def test_a_leader_that_is_never_ahead_is_not_killed(monkeypatch):
    """It would prove nothing; and all others run again."""
    monkeypatch.setattr(nodes, "MOMENTS_TRIED", 2)
    cluster, moments = Cluster(), []
    traffic = SimpleNamespace(await_progress=lambda: moments.append(1))
    with pytest.raises(BenchError, match="never had results that no other had"):
        made(cluster, monkeypatch)._kill_ahead(1, "t", traffic)
    assert len(moments) == nodes.MOMENTS_TRIED
    assert ("kill", 1) not in cluster.done
    assert cluster.done.count(("pause", 3)) == cluster.done.count(("resume", 3))
