"""The compose path for real: a Docker engine, and the stand-in image with Apache Kafka in it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from docker.errors import ContainerError

from testbed.brokers import compose, jars, standin
from testbed.brokers.engine import Engine
from testbed.brokers.redpanda import RedpandaBroker
from testbed.errors import CannotStart
from testbed.guardian import Guardian
from testbed.limits import Limits
from testbed.network.proxy import Proxy
from testbed.options import Options
from testbed.wait import until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(400)]
LIMITS = Limits(broker_ready_s=180.0)  # a JVM in a container on a loaded machine
CONTAINER = f"telco-redpanda-check-{os.getpid()}"
QUIET = {"error_cb": lambda _error: None, "log_level": 0}
ANSWER_S = 20


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="module")
def engine():
    try:
        engine = Engine.connect()
        compose.find()
    except CannotStart as error:
        pytest.skip(f"no Docker here: {error.what}")
    with closing(engine):
        if not engine.has_image(compose.STAND_IN_IMAGE):
            standin.build(engine)
        yield engine


@pytest.fixture(scope="module")
def beside(engine):
    """Settings of a container of the tests' own, beside whatever else runs here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDPANDA_TEST_IMAGE", compose.STAND_IN_IMAGE)
        patch.setenv("REDPANDA_TEST_CONTAINER", CONTAINER)
        for name, port in zip(compose.PORTS, free_ports(len(compose.PORTS)), strict=True):
            patch.setenv(name, str(port))
        yield patch


@pytest.fixture(scope="module")
def guardian():
    guardian = Guardian.start(secrets.token_hex(4))
    yield guardian
    guardian.close()


@pytest.fixture(scope="module")
def make(beside, guardian, tmp_path_factory):
    folder = tmp_path_factory.mktemp("redpanda")
    options = Options(broker="redpanda", reports=folder / "reports", limits=LIMITS)
    return lambda: RedpandaBroker(options, folder, guardian, lambda line: None)


@pytest.fixture(scope="module")
def running(make):
    broker = make()
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def producer(running):
    servers = running.handover.bootstrap_servers
    admin = AdminClient({"bootstrap.servers": servers, **QUIET})
    admin.create_topics([NewTopic("faults", 1)])["faults"].result(ANSWER_S)
    return Producer({"bootstrap.servers": servers, "enable.idempotence": True, **QUIET})


def publish(producer, count):
    for number in range(count):
        producer.produce("faults", str(number))
    assert producer.flush(ANSWER_S) == 0


def end_offset(running):
    servers = running.handover.bootstrap_servers
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "check", **QUIET})
    with closing(consumer):
        return consumer.get_watermark_offsets(TopicPartition("faults", 0), ANSWER_S)[1]


def test_it_is_ready_on_its_port_and_called_a_stand_in(running):
    handover = running.handover
    port = os.environ["REDPANDA_TEST_KAFKA_PORT"]
    assert handover.bootstrap_servers == f"127.0.0.1:{port}"
    assert handover.stand_in and "a stand-in for Redpanda" in handover.name
    assert handover.owned and handover.ready_s > 0


def test_a_client_behind_a_proxy_gets_through_and_stays_behind_it(running):
    pairs = [(one.advertised, one.bound) for one in running.handover.proxied]
    with Proxy.start(pairs, ANSWER_S) as proxy:
        admin = AdminClient({"bootstrap.servers": proxy.address, **QUIET})
        nodes = admin.list_topics(timeout=ANSWER_S).brokers.values()
    assert [f"{node.host}:{node.port}" for node in nodes] == [proxy.address]


def test_a_frozen_broker_acknowledges_nothing_until_it_thaws(running, producer):
    publish(producer, 10)
    before = end_offset(running)
    running.pause()
    producer.produce("faults", "frozen")
    assert producer.flush(0.5) == 1
    running.resume()
    assert producer.flush(ANSWER_S) == 0
    assert end_offset(running) == before + 1


@pytest.mark.parametrize("clean", [True, False])
def test_acknowledged_records_survive_a_restart_on_the_same_port(running, producer, clean):
    publish(producer, 100)
    before = end_offset(running)
    running.restart(clean=clean)
    assert end_offset(running) == before


def test_a_killed_broker_is_gone_until_it_is_started_again(running, producer):
    publish(producer, 100)
    before = end_offset(running)
    running.kill()
    producer.produce("faults", "nobody there")
    assert producer.flush(0.5) == 1
    running.restart()
    assert producer.flush(ANSWER_S) == 0
    assert end_offset(running) == before + 1


def test_another_process_of_the_run_can_fault_it_too(running, producer):
    attached = RedpandaBroker.attached(running.handover)
    attached.pause()
    producer.produce("faults", "frozen")
    assert producer.flush(0.5) == 1
    attached.resume()
    attached.stop()
    publish(producer, 1)


def test_its_log_is_saved(running, tmp_path):
    running.save_logs(tmp_path / "deep/redpanda.log")
    assert "Kafka Server started" in (tmp_path / "deep/redpanda.log").read_text()


def test_another_run_does_not_take_it_over(running, make):
    with pytest.raises(CannotStart, match=f"belongs to another run.*{os.getpid()}"):
        make().start()
    assert end_offset(running) >= 0


def test_stop_leaves_no_container_and_no_network(running, make, engine):
    """Runs last on the shared container, and takes it down."""
    networks = {network.name for network in engine.client.networks.list()}
    running.stop()
    assert engine.container(CONTAINER) is None
    assert {network.name for network in engine.client.networks.list()} == networks


def test_a_memory_limit_too_small_is_told_and_cleaned_up(make, beside, engine):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDPANDA_TEST_MEMORY", "16m")
        with pytest.raises(CannotStart, match="memory limit is too small"):
            make().start()
    assert engine.container(CONTAINER) is None


def test_a_port_of_ours_in_use_is_told_before_anything_starts(make, engine):
    port = int(os.environ["REDPANDA_TEST_ADMIN_PORT"])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        with pytest.raises(CannotStart, match=f"Port {port} is in use"):
            make().start()
    assert engine.container(CONTAINER) is None


RUN = """
import sys, time
from pathlib import Path
from testbed.brokers.redpanda import RedpandaBroker
from testbed.guardian import Guardian
from testbed.options import Options
folder = Path(sys.argv[1])
RedpandaBroker(Options(reports=folder), folder, Guardian.start(sys.argv[2]), print).start()
print("up", flush=True)
time.sleep(60)
"""


def test_a_run_that_is_killed_leaves_no_container(beside, engine, tmp_path):
    words = [sys.executable, "-c", RUN, str(tmp_path), secrets.token_hex(4)]
    with subprocess.Popen(words, cwd=compose.ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline() == "up\n"
        assert engine.container(CONTAINER) is not None
        run.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    until(
        lambda: engine.container(CONTAINER) is None,
        within_s=Limits().teardown_s,
        what="the container of the killed run to be gone",
        describe=lambda: f"{time.monotonic() - killed:.1f} s",
        every_s=0.1,
    )


def test_the_image_says_what_it_is_and_has_no_rpk(engine):
    labels = engine.client.images.get(compose.STAND_IN_IMAGE).labels
    assert labels[compose.STAND_IN_LABEL] == f"Apache Kafka {jars.kafka_version()}"
    run = engine.client.containers.run
    with pytest.raises(ContainerError, match="exit status 127"):
        run(compose.STAND_IN_IMAGE, ["/bin/bash", "-c", "rpk cluster health"], remove=True)
