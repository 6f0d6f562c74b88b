"""The faults of a cluster on a real one: who was lost is named, and who has taken over."""

import os

import pytest

from testbed.bench import HANDOVER, Bench
from testbed.history import Fault
from testbed.options import Options
from testbed.world import World
from testbed.world.nodes import KEEPS_PROGRESS

LOAD = 1000
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(500),
    pytest.mark.skipif(
        "CLUSTER_TESTS" not in os.environ,
        reason="the cluster's feature is in work, see features/README.md: CLUSTER_TESTS=1 runs it",
    ),
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    assert HANDOVER not in os.environ
    folder = tmp_path_factory.mktemp("bench")
    options = Options(broker="kafka", reports=folder, delivery="at-least-once")
    bench = Bench(options, print, clustered=True)
    yield bench
    bench.close()


def test_the_keeper_of_progress_is_lost_and_replaced(bench):
    """While there is work; the service goes on, and the broker is back for the next scenario."""
    world = World(bench, "features/cluster.feature", "a scenario", "features/cluster.feature:1")
    try:
        world.nodes.open()
        world.service.start()
        world.nodes.lose(KEEPS_PROGRESS, LOAD)
        world.require_all()
    finally:
        world.close()
    (end,) = [one for one in world.history.of(Fault) if one.phase == "end"]
    assert end.fired
    lost, successor = end.proof["node"], end.proof["successor"]
    assert lost != successor
    assert [bench.broker.is_up(node) for node in (lost, successor)] == [False, True]
    world.nodes.open()
    assert bench.broker.is_up(lost)
