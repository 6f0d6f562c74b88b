"""The suite on somebody else's cluster: SASL and TLS, few rights, and nothing left behind."""

import subprocess
import sys
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from testbed import clients
from testbed.brokers import KafkaCluster
from testbed.brokers.guard import GUARDED
from testbed.limits import Limits
from testbed.options import Options
from testbed.reporting import record
from testbed.security import rights
from testbed.security.access import Access
from testbed.security.trust import Trust
from testbed.topics import Topics

ROOT = Path(__file__).resolve().parents[2]
USER, PASSWORD = "churn-tests", "canary-0815-secret"
FOREIGN = {"telco.raw.customers.test": 3, "orders": 1}  # others' topics, one by an agreed name
STRANGER = "somebody-else"
FEATURES = ("topic_management", "broker_connectivity", "broker_outages", "transactions")
WITHIN_S = 500.0
pytestmark = [pytest.mark.slow, pytest.mark.timeout(WITHIN_S + 120)]


@pytest.fixture(scope="module")
def cluster(guardian, tmp_path_factory):
    """Three guarded nodes with others' topics and groups, and an account for the suite."""
    folder = tmp_path_factory.mktemp("cluster")
    trust = Trust(folder / "trust")
    guards = [trust.guard, trust.guard.another(), trust.guard.another()]
    options = Options(reports=folder, limits=Limits(broker_ready_s=110.0))
    cluster = KafkaCluster(options, folder, guardian, print, guards=guards)
    admin = clients.admin(cluster.start())
    access = Access(admin, 30)
    access.account(USER, PASSWORD)
    for right in rights.of_the_suite(USER):
        access.grant(right)
    Topics(admin, 30).create(FOREIGN)
    _use_as_somebody_else(cluster)
    yield cluster, trust, ",".join(guard.address(GUARDED) for guard in guards)
    cluster.stop()


def _use_as_somebody_else(cluster) -> None:
    servers = {"bootstrap.servers": cluster.handover.bootstrap_servers}
    consumer = Consumer(servers | {"group.id": STRANGER, "enable.auto.commit": False})
    consumer.commit(offsets=[TopicPartition("orders", 0, 0)], asynchronous=False)
    consumer.close()


def picture(cluster) -> tuple:
    """Topics, groups, and the processes of the nodes."""
    admin = AdminClient({"bootstrap.servers": cluster.handover.bootstrap_servers})
    groups = sorted(one.group_id for one in admin.list_consumer_groups().result(30).valid)
    topics = {
        name: len(topic.partitions)
        for name, topic in admin.list_topics(timeout=30).topics.items()
        if not name.startswith("__")
    }
    return topics, groups, [node.process().pid for node in cluster._nodes.values()]


def test_a_run_leaves_it_as_it_was(cluster, tmp_path):
    """Green but for what would harm it, which is skipped; no restart, no topic, no group."""
    kafka, trust, servers = cluster
    config = tmp_path / "client.properties"
    config.write_text(
        f"security.protocol=SASL_SSL\nssl.ca.location={trust.authority}\n"
        f"sasl.mechanism=SCRAM-SHA-512\nsasl.username={USER}\nsasl.password={PASSWORD}\n", "utf-8"
    )  # fmt: skip
    before = picture(kafka)
    assert before[0] == FOREIGN and before[1] == [STRANGER]
    reports = tmp_path / "reports"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "testbed", "run", "--broker", "external", "--workers", "2"),
            *("-D", f"broker.bootstrap_servers={servers}", "-D", f"reports={reports}"),
            *("-D", f"broker.client_config={config}"),
            *(f"features/{name}.feature" for name in FEATURES),
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert picture(kafka) == before
    assert PASSWORD not in done.stdout + done.stderr + _all_text(reports)
    results = record.read_all(reports)
    skipped = [one for one in results if one.status == "skipped"]
    assert len(results) > len(skipped) > 0
    assert all("broker" in one.reason for one in skipped)
    assert "3 brokers" in (reports / "summary.txt").read_text("utf-8")


def _all_text(folder: Path) -> str:
    files = (path for path in folder.rglob("*") if path.is_file())
    return "\n".join(path.read_text("utf-8", "replace") for path in files)
