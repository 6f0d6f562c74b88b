"""The Kafka clients: their properties in one place, and what they report about the cluster."""

import logging
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from consumer.dead_lettering import DEFAULT_LIMIT
from consumer.errors import CredentialsRefused, Fenced, Unreachable, UsageError
from consumer.messages import Outgoing
from consumer.settings import Settings

log = logging.getLogger(__name__)

_MUTE = logging.Logger("librdkafka", logging.CRITICAL + 1)
REPEAT_S = 30.0
SESSION_TIMEOUT_MS = 6_000  # the least that brokers accept by default: a dead member is soon gone
HEARTBEAT_MS = 500  # by its answer a member learns of a rebalance, so its length hangs on it
# A dead member's transaction holds readers up no longer than that; a transaction that a starved
# machine makes last as long is taken for a fenced one.
TRANSACTION_TIMEOUT_MS = 10_000
CONNECTION_LOST = {
    KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._TIMED_OUT,
    KafkaError._RESOLVE,
}  # fmt: skip
NOT_ALLOWED = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED, KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
}  # fmt: skip
# A client that begins anew at its bootstrap servers forgets who coordinates its transactions: two
# seconds and more after each broken connection, in which it may hang. It goes back to its brokers.
RECONNECT = {
    "reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 500,
    "metadata.recovery.strategy": "none",
}  # fmt: skip
UNTRUSTED = "certificate verify failed"  # OpenSSL's words; other TLS errors may pass
ANY_PARTITION = -1
PURGED = {KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT}
FENCED = {
    KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH,
}  # fmt: skip


class Health:
    """What the clients report through their error callback, at the next poll."""

    def __init__(self):
        self.refused = ""  # why nobody is let in: credentials, or a certificate
        self.lost_at: float | None = None  # monotonic seconds of the last lost connection
        self._down = False
        self._told: dict[str, float] = {}  # trouble -> monotonic seconds of its last line

    def trouble(self, what: str, cause: str) -> None:
        """A line about something that is tried on: the first at once, then now and then."""
        now, line = time.monotonic(), f"{what} cause={cause}"
        if now - self._told.get(line, -REPEAT_S) >= REPEAT_S:
            self._told[line] = now
            log.warning("%s", line)

    def __call__(self, error: KafkaError) -> None:
        """librdkafka's error callback."""
        if error.code() == KafkaError._AUTHENTICATION:
            self._refuse("credentials refused by the broker", error)
        elif error.code() == KafkaError._SSL and UNTRUSTED in error.str():
            self._refuse("broker refused for its certificate", error)
        elif error.code() in CONNECTION_LOST:
            self.lost_at = time.monotonic()
            if error.code() == KafkaError._ALL_BROKERS_DOWN and not self._down:
                self._down = True
                log.warning("broker unreachable, trying on")

    def _refuse(self, what: str, error: KafkaError) -> None:
        if not self.refused:
            log.error(what)
        self.refused = f"{what}: {error.str()}"

    def well(self) -> None:
        """Something worked: the broker is there."""
        self.refused = ""
        if self._down:
            self._down = False
            log.info("broker reachable again")


def is_eager(settings: Settings) -> bool:
    """Whether the client properties ask for a strategy that is not a cooperative one."""
    strategy = settings.client.get("partition.assignment.strategy", "cooperative-sticky")
    return "cooperative" not in strategy and settings.client.get("group.protocol") != "consumer"


def _membership(settings: Settings) -> dict:
    """How a member is kept; under KIP-848 the broker decides, and refuses to be told."""
    if settings.client.get("group.protocol") == "consumer":
        return {}
    return {
        "session.timeout.ms": SESSION_TIMEOUT_MS,
        "heartbeat.interval.ms": HEARTBEAT_MS,
        "partition.assignment.strategy": "cooperative-sticky",
    }


def consumer(settings: Settings, health: Health) -> Consumer:
    """A member of the group that commits nothing by itself."""
    tuned = {
        **_membership(settings),
        "max.poll.interval.ms": 60_000,
        # The default of a second pauses a fast consumer whenever its queue was full.
        "fetch.queue.backoff.ms": 5,
        # What is prefetched bounds the memory, whatever the size of the records.
        "queued.max.messages.kbytes": 16_384,
        "fetch.error.backoff.ms": 50,
        # New partitions are found within seconds, not after five minutes.
        "topic.metadata.refresh.interval.ms": 5_000,
    }
    fixed = {
        "group.id": settings.group_id,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
    }
    return _make(Consumer, settings, health, tuned, fixed)


def producer(settings: Settings, health: Health, largest: int, smallest: int, **more) -> Producer:
    """An idempotent producer; ``largest`` and ``smallest`` are the topics' size limits in bytes."""
    tuned = {
        "linger.ms": 5,
        # Costs less than the bytes that it saves, most of all where dead letters are many.
        "compression.type": "lz4",
        "queue.buffering.max.messages": 100_000,
        "queue.buffering.max.kbytes": 32_768,
        "retry.backoff.ms": 10,
        "retry.backoff.max.ms": 500,
        "partitioner": "murmur2_random",  # the one of Java's clients
    }
    fixed = {
        "enable.idempotence": True,
        "delivery.report.only.error": True,
        "message.max.bytes": max(1_000, largest),
        # A batch counts against the topic's limit as a whole.
        "batch.size": min(1_000_000, smallest),
    }
    return _make(Producer, settings, health, tuned, fixed | more)


def send(producer: Producer, message: Outgoing, on_delivery) -> None:
    """Enqueue it; raises what ``produce`` does.

    By position, and without headers where there are none: names take a third of the call's time.
    """
    values = (message.topic, message.value, message.key, ANY_PARTITION, on_delivery)
    if message.headers is None:
        producer.produce(*values)
    else:
        producer.produce(*values, headers=message.headers)


def transactional_id(settings: Settings) -> str:
    """The same for the same place in the group, so that a successor finds what was left open."""
    return f"{settings.group_id}-{settings.instance}"


def reach(client: Consumer, health: Health, stop, within_s: float) -> None:
    """Wait for a first answer.

    Raises ``CredentialsRefused`` as soon as they are, and ``Unreachable`` after ``within_s``.
    """
    end = time.monotonic() + within_s
    while not stop.asked:
        try:
            client.list_topics(timeout=0.5)
            return health.well()
        except KafkaException as error:
            why = error.args[0]
        client.poll(0)  # serves the error callback
        if health.refused:
            raise CredentialsRefused(health.refused)
        if time.monotonic() > end:
            raise Unreachable(
                f"broker unreachable: expected an answer within {within_s:g} s, "
                f"got {why.name()}; check --bootstrap-servers and the network"
            )
    return None


def size_limit(settings: Settings, health: Health, *topics: str) -> dict[str, int]:
    """max.message.bytes of each topic; the usual default where the broker does not tell."""
    from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

    limits = dict.fromkeys(topics, DEFAULT_LIMIT)
    admin = _make(AdminClient, settings, health, {}, {})
    resources = [ConfigResource(ResourceType.TOPIC, topic) for topic in limits]
    for resource, future in admin.describe_configs(resources, request_timeout=5).items():
        try:
            limits[resource.name] = int(future.result()["max.message.bytes"].value)
        except (KafkaException, KeyError, ValueError) as error:
            log.warning(
                "size limit of the %s unknown, assuming %d bytes cause=%s",
                "topic", DEFAULT_LIMIT, type(error).__name__,
            )  # fmt: skip
    return limits


def give_up(error: KafkaError) -> None:
    """Raise for an error that no retry can cure: not allowed, fenced, or a dead client."""
    if error.code() in NOT_ALLOWED:
        raise CredentialsRefused(f"credentials refused: the broker says {error.name()}")
    if error.code() in FENCED:
        raise Fenced(
            "fenced: another process uses the same transactional id; "
            "give each member of the group an --instance of its own"
        )
    if error.fatal() or error.code() == KafkaError._FATAL:
        raise Fenced(f"client failed for good: {error.name()}; restart to go on where it stopped")


def _make(kind, settings: Settings, health: Health, tuned: dict, fixed: dict):
    own = {
        "bootstrap.servers": settings.bootstrap_servers,
        "client.id": f"churn-consumer-{settings.instance}",
        "error_cb": health,
        "logger": _MUTE,  # its lines name addresses and partitions; ours say what to do
        "log_level": 0,
    }
    try:
        return kind(RECONNECT | tuned | settings.client | own | fixed)
    except KafkaException as error:
        text = _without(error.args[0].str(), settings.client)
        raise UsageError(f"client properties refused: {text}") from None


def _without(text: str, secrets: dict[str, str]) -> str:
    for value in secrets.values():
        if len(value) > 3:
            text = text.replace(value, "***")
    return text
