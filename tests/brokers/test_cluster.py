"""Three nodes as one cluster: who is lost is replaced, who comes back catches up."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from testbed import clients
from testbed.brokers.cluster import KafkaCluster
from testbed.brokers.protocol import Broker, CanPause, HasLogs, HasNodes
from testbed.errors import BenchError, CannotStart
from testbed.limits import Limits
from testbed.observers.placement import NOBODY, PROGRESS, Placement
from testbed.options import Options
from testbed.wait import until

ROOT = Path(__file__).resolve().parents[2]
PATIENT = Limits(broker_ready_s=110.0)  # tests may share a busy machine
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(guardian, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    cluster = KafkaCluster(Options(reports=folder, limits=PATIENT), folder, guardian, print)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def placement(cluster):
    return Placement(clients.admin(cluster.handover), 1.0)


def create(cluster, name: str) -> str:
    admin = AdminClient({"bootstrap.servers": cluster.handover.bootstrap_servers})
    admin.create_topics([NewTopic(name, 3)])[name].result(30)
    return name


def leader_of(placement, topic: str) -> int:
    """Who leads it: a node may be asked before it has heard of a new topic."""
    until(lambda: placement.in_step(topic) == 3, within_s=30, what=f"all copies of {topic}")
    found = []
    until(
        lambda: found.append(placement.leader(topic)) or found[-1] != NOBODY,
        within_s=30, what=f"a leader of {topic}",
    )  # fmt: skip
    return found[-1]


def write(cluster, topic: str, count: int) -> None:
    """Acknowledged by all copies that there are, a third in each partition.

    Left to itself a producer puts what comes quickly into one partition, by chance.
    """
    errors = []
    producer = clients.producer(cluster.handover)
    for number in range(count):
        producer.produce(
            topic, b"%d" % number, partition=number % 3,
            on_delivery=lambda error, _: errors.append(error),
        )  # fmt: skip
    producer.flush(60)
    assert errors == [None] * count


def test_it_is_a_broker_whose_nodes_can_be_treated_one_by_one(cluster):
    """As a whole it can be neither frozen nor killed."""
    for capability in (Broker, HasNodes, HasLogs):
        assert isinstance(cluster, capability), capability
    assert not isinstance(cluster, CanPause)
    assert cluster.nodes == (1, 2, 3)
    assert len(cluster.handover.bootstrap_servers.split(",")) == 3


def test_every_node_keeps_a_copy_of_everything(cluster, placement):
    """Of topics, and of the groups' progress."""
    topic = create(cluster, "copies")
    write(cluster, topic, 30)
    for name in (topic, PROGRESS):
        until(lambda name=name: placement.in_step(name) == 3, within_s=30, what=f"copies of {name}")
    stored = [cluster.stored(topic, partition) for partition in range(3)]
    assert all(len(set(each.values())) == 1 for each in stored)
    assert sum(each[1] for each in stored) > 0


def test_a_leader_that_is_killed_is_replaced_and_comes_back(cluster, placement):
    """What was acknowledged before and meanwhile is on all nodes in the end."""
    topic = create(cluster, "killed")
    write(cluster, topic, 30)
    node = leader_of(placement, topic)
    cluster.end_node(node, clean=False)
    assert not cluster.is_up(node)
    until(
        lambda: placement.leader(topic) not in (NOBODY, node),
        within_s=60, what="another to lead",
    )  # fmt: skip
    write(cluster, topic, 30)
    cluster.start_node(node)
    until(lambda: placement.in_step(topic) == 3, within_s=30, what="all copies to be there")
    stored = cluster.stored(topic, 0)
    assert len(set(stored.values())) == 1
    assert len(clients.read_topic(cluster.handover, topic, {0: 1}, 30)) > 0


def test_a_node_that_stops_in_order_leads_nothing_any_more(cluster, placement):
    """At once, and not only when it is missed."""
    topic = create(cluster, "stopped")
    node = leader_of(placement, topic)
    cluster.end_node(node, clean=True)
    assert placement.led_by(topic, node) == []
    cluster.start_node(node)


def test_what_a_leader_alone_has_shows(cluster, placement):
    """Its followers stand still, so nobody copies what a hasty producer is told is stored."""
    topic = create(cluster, "alone")
    node = leader_of(placement, topic)
    others = [each for each in cluster.nodes if each != node]
    producer = clients.producer(cluster.handover, acks=1, **{"enable.idempotence": False})
    producer.produce(topic, b"first", partition=0)
    producer.flush(30)
    for each in others:
        cluster.pause_node(each)
    try:
        producer.produce(topic, b"alone", partition=0)
        assert producer.flush(3) == 0
        stored = cluster.stored(topic, 0)
        assert all(stored[node] > stored[each] for each in others)
    finally:
        for each in others:
            cluster.resume_node(each)


def test_each_nodes_log_is_saved(cluster, tmp_path):
    cluster.save_logs(tmp_path / "reports" / "cluster-kafka.log")
    for node in cluster.nodes:
        log = tmp_path / "reports" / f"cluster-kafka-{node}.log"
        assert "Kafka Server started" in log.read_text("utf-8")
    with pytest.raises(BenchError, match="could not be saved"):
        cluster.save_logs(Path("/proc/kafka.log"))


def test_one_that_does_not_become_ready_leaves_nothing(guardian, tmp_path):
    """Neither processes nor data; its last words are told."""
    options = Options(reports=tmp_path / "reports", limits=Limits(broker_ready_s=0.2))
    cluster = KafkaCluster(options, tmp_path, guardian, print)
    with pytest.raises(CannotStart, match=r"failed to become ready within 0\.2s"):
        cluster.start()
    assert not any(cluster.is_up(node) for node in cluster.nodes)
    assert cluster._data == {}
    with pytest.raises(BenchError, match="has not been started"):
        _ = cluster.handover


OWNER = """
import sys
from pathlib import Path
from testbed.brokers import KafkaCluster
from testbed.guardian import Guardian
from testbed.limits import Limits
from testbed.options import Options
guardian = Guardian.start("tests-cluster-" + sys.argv[2])
options = Options(limits=Limits(broker_ready_s=110.0))
cluster = KafkaCluster(options, Path(sys.argv[1]), guardian, lambda line: None)
cluster.start()
pids = [node.process().pid for node in cluster._nodes.values()]
print(*pids, *cluster._data.values(), flush=True)
sys.stdin.read()
"""


def test_it_goes_with_a_run_that_was_killed(tmp_path):
    """All processes and all data, within ten seconds of a SIGKILL."""
    words = [sys.executable, "-c", OWNER, str(tmp_path), str(psutil.Process().pid)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=ROOT, **pipes) as run:
        told = run.stdout.readline().split()
        run.kill()
        run.stdin.close()
    assert len(told) == 6
    until(
        lambda: not any(map(psutil.pid_exists, map(int, told[:3])))
        and not any(Path(data).exists() for data in told[3:]),
        within_s=10, what="nodes and data to be gone",
    )  # fmt: skip
