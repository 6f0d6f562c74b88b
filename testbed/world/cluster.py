"""The broker as administrators and clients see it."""

import time

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from testbed import clients
from testbed.bench import Bench
from testbed.brokers import ports

PAYLOAD = "Grüße, 顧客 – \x00\x7f\n".encode() + bytes(range(256))
SEEK_WITHIN_S = 1.0  # librdkafka tries again until this is over, whatever it was told


class Cluster:
    """Asks the cluster about itself, and sends one message through it."""

    def __init__(self, bench: Bench):
        self._bench = bench
        self._told = None
        self._topic = ""
        self._search: tuple[str, float] = ("", 0.0)

    def describe(self) -> None:
        """Ask for the cluster's nodes and its controller."""
        future = self._bench.admin.describe_cluster(
            request_timeout=self._bench.options.limits.admin_s
        )
        self._told = future.result()

    def expect_brokers(self, least: int) -> None:
        """At least that many nodes, one of them the controller."""
        nodes = self._told.nodes
        assert len(nodes) >= least, f"Expected at least {least} brokers, got {len(nodes)}"
        controller = self._told.controller
        assert controller is not None, "Expected a broker in charge (the controller), got none"

    def put_message(self) -> None:
        """Publish one message of awkward bytes on a new topic and wait for its acknowledgement."""
        self._topic = f"telco.roundtrip.{self._bench.next_token()}.test"
        self._bench.topics.create({self._topic: 1})
        errors = []
        self._bench.producer.produce(
            self._topic, PAYLOAD, b"key", on_delivery=lambda error, _: errors.append(error)
        )
        self._bench.producer.flush(self._bench.options.limits.publish_s)
        assert errors == [None], f"Expected the message to be acknowledged, got {errors}"

    def expect_message(self) -> None:
        """The topic holds that one message, unchanged."""
        found = clients.read_topic(
            self._bench.handover, self._topic, {0: 1}, self._bench.options.limits.admin_s
        )
        pairs = [(message.key(), message.value()) for message in found]
        assert pairs == [(b"key", PAYLOAD)], f"Expected the message that was sent, got {pairs}"

    def seek_nobody(self) -> None:
        """Ask a port that nobody listens on, and keep what is said and how long it took."""
        seeker = AdminClient({"bootstrap.servers": f"127.0.0.1:{ports.next_own()}", "log_level": 0})
        begun = time.monotonic()
        try:
            seeker.list_topics(timeout=SEEK_WITHIN_S)
            said = "somebody answered"
        except KafkaException as error:
            said = error.args[0].name()
        self._search = (said, time.monotonic() - begun)

    def expect_nobody(self, limit_s: float) -> None:
        """The search ended in time, and its error says that nobody is there."""
        said, took_s = self._search
        assert said in ("_TRANSPORT", "_ALL_BROKERS_DOWN", "_TIMED_OUT"), (
            f"Expected an error that says that no broker answers, got {said}"
        )
        assert took_s <= limit_s, f"Expected an answer within {limit_s} s, got it in {took_s:.1f} s"
