"""The embedded broker: reached, frozen, killed, restarted, gone."""

import secrets
import socket
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from testbed.brokers import attach, jars
from testbed.brokers.protocol import Broker, CanKill, CanPause, CanRestart, HasLogs
from testbed.brokers.readiness import Readiness
from testbed.errors import BenchError, CannotStart

WITHIN_S = 20


@pytest.fixture
def topic(broker) -> str:
    """A topic of one partition."""
    name = f"kafka-{secrets.token_hex(4)}"
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    admin.create_topics([NewTopic(name, 1, 1)])[name].result(WITHIN_S)
    return name


def write(broker, topic: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers, "log_level": 0})
    failures = []
    producer.produce(topic, value, on_delivery=lambda error, _: failures.append(error))
    assert producer.flush(WITHIN_S) == 0
    assert failures == [None]


def count(broker, topic: str) -> int:
    servers = {"bootstrap.servers": broker.bootstrap_servers, "group.id": "count"}
    consumer = Consumer(servers | {"log_level": 0})
    try:
        _, high = consumer.get_watermark_offsets(TopicPartition(topic, 0), WITHIN_S)
        return high
    finally:
        consumer.close()


def test_it_serves_clients_on_this_machine_alone(embedded, broker):
    """Metadata and groups are answered, on a port of 127.0.0.1 that the handover names."""
    assert broker.bootstrap_servers.startswith("127.0.0.1:")
    assert Readiness(broker.bootstrap_servers)()
    listening = embedded._node.process().net_connections("tcp")  # whoever restarted it before
    own = [one.laddr.ip for one in listening if one.status == psutil.CONN_LISTEN]
    assert {ip.removeprefix("::ffff:") for ip in own} == {"127.0.0.1"}


def test_the_handover_is_for_people_and_processes(broker):
    assert broker.kind == "kafka"
    assert broker.name == f"Apache Kafka {jars.kafka_version()} (embedded)"
    assert broker.owned
    assert broker.ready_s > 0


def test_it_has_every_capability(embedded, broker):
    """From the process that started it, and from every other."""
    for one in (embedded, attach(broker)):
        for capability in (Broker, CanPause, CanKill, CanRestart, HasLogs):
            assert isinstance(one, capability), capability


def test_a_frozen_broker_answers_nobody_until_it_is_thawed(broker):
    attached = attach(broker)
    attached.pause()
    try:
        assert not Readiness(broker.bootstrap_servers)()
    finally:
        attached.resume()
    assert Readiness(broker.bootstrap_servers)()


def test_its_data_and_its_port_outlive_a_kill(embedded, broker, topic):
    """As after a power cut."""
    write(broker, topic, b"before")
    embedded.kill()
    assert not Readiness(broker.bootstrap_servers)()
    embedded.restart(clean=False)
    assert count(broker, topic) == 1
    write(broker, topic, b"after")


@pytest.mark.parametrize("clean", [True, False])
def test_it_comes_back_as_a_new_one(embedded, broker, topic, clean):
    """Nobody refuses it for what it was, and it leads nothing before it is let in again."""
    said = embedded._node.log.stat().st_size
    embedded.restart(clean=clean)
    write(broker, topic, b"after")
    with embedded._node.log.open("rb") as log:
        log.seek(said)
        told = log.read()
    assert b"DuplicateBrokerRegistrationException" not in told
    assert told.index(b"to unfence has been granted") < told.index(b"to local leaders")


def test_another_process_of_the_run_can_restart_it(embedded, broker, topic):
    """And its owner still knows the new process, so that it can stop it."""
    write(broker, topic, b"before")
    attach(broker).restart(clean=True)
    assert count(broker, topic) == 1
    embedded.pause()
    embedded.resume()
    assert Readiness(broker.bootstrap_servers)()


def test_its_log_can_be_saved(embedded, tmp_path):
    embedded.save_logs(tmp_path / "reports" / "kafka.log")
    assert "Kafka Server started" in (tmp_path / "reports" / "kafka.log").read_text("utf-8")


def test_a_log_that_cannot_be_saved_is_named(embedded):
    with pytest.raises(BenchError, match="could not be saved to /proc"):
        embedded.save_logs(Path("/proc/kafka.log"))


def test_nothing_is_left_after_stop(make_broker, tmp_path):
    """No process, no data; and a second stop does no harm."""
    broker = make_broker()
    handover = broker.start()
    data = broker._data
    assert data.is_dir()
    broker.stop()
    broker.stop()
    assert not psutil.pid_exists(handover.pid)
    assert not data.exists()
    with pytest.raises(CannotStart, match="is gone"):
        attach(handover)


def test_what_a_codec_unpacks_stands_in_the_run_s_folder(make_broker, tmp_path):
    """A killed broker would leave it in the system's temporary folder."""
    broker = make_broker()
    handover = broker.start()
    producer = {"bootstrap.servers": handover.bootstrap_servers}
    admin = AdminClient(producer)
    for codec in ("lz4", "snappy", "zstd"):
        admin.create_topics([NewTopic(codec, 1, 1)])[codec].result(WITHIN_S)
        sender = Producer(producer | {"compression.type": codec, "log_level": 0})
        sender.produce(codec, b"a" * 10_000)
        assert sender.flush(WITHIN_S) == 0
        mapped = {part.path for part in psutil.Process(handover.pid).memory_maps()}
        own = [Path(path) for path in mapped if codec in path and path.endswith(".so")]
        assert own and all(tmp_path in path.parents for path in own), own


def test_a_port_that_was_asked_for_is_kept(make_broker):
    """A restart, and the client that is configured with it, find it again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert make_broker(port=port).start().bootstrap_servers == f"127.0.0.1:{port}"


def test_there_is_no_handover_before_the_start(make_broker):
    with pytest.raises(BenchError, match="has not been started"):
        _ = make_broker().handover


@pytest.mark.parametrize(("command", "delay_ms"), [("", 0), ("another consumer", 250)])
def test_the_first_of_a_group_waits_for_others_with_a_client_unknown_to_us(
    make_broker, command, delay_ms
):
    """As every broker in service lets it; the reference is known to do without."""
    broker = make_broker(consumer_command=command)
    admin = AdminClient({"bootstrap.servers": broker.start().bootstrap_servers})
    asked = ConfigResource(ResourceType.BROKER, "1")
    told = admin.describe_configs([asked])[asked].result(30)
    assert told["group.initial.rebalance.delay.ms"].value == str(delay_ms)
