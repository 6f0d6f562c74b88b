"""The clients: what is fixed, what may be tuned, and what errors mean."""

import pytest
from builders import trouble
from confluent_kafka import KafkaError

from consumer import clients
from consumer.errors import CredentialsRefused, Fenced, Unreachable, UsageError
from consumer.settings import Settings
from consumer.stopping import Stop


def settings(**client) -> Settings:
    properties = {name.replace("_", "."): value for name, value in client.items()}
    return Settings("127.0.0.1:9", "i", "o", "d", "g", "m", client=properties)


@pytest.fixture
def made(monkeypatch):
    """The properties that each client is made with, instead of the client."""
    seen = []
    for kind in ("Consumer", "Producer"):
        monkeypatch.setattr(clients, kind, lambda config: seen.append(config) or config)
    return seen


def test_what_the_promises_rest_on_cannot_be_tuned_away(made):
    """Client properties set what is left to choose, not isolation, commits or idempotence."""
    mine = settings(
        isolation_level="read_uncommitted", enable_auto_commit="true", auto_offset_reset="latest",
        enable_idempotence="false", session_timeout_ms="9000", linger_ms="1",
        bootstrap_servers="elsewhere:1",
    )  # fmt: skip
    consumer = clients.consumer(mine, clients.Health())
    producer = clients.producer(mine, clients.Health(), 1_048_588, 900_000)
    assert consumer["isolation.level"] == "read_committed"
    assert consumer["enable.auto.commit"] is False
    assert consumer["auto.offset.reset"] == "earliest"
    assert consumer["session.timeout.ms"] == "9000"
    assert producer["enable.idempotence"] is True
    assert producer["linger.ms"] == "1"
    assert consumer["bootstrap.servers"] == producer["bootstrap.servers"] == "127.0.0.1:9"


def test_where_a_client_reconnects_can_be_tuned(made):
    """A cluster whose brokers all move at once is found again by who begins at the bootstrap."""
    anew = settings(metadata_recovery_strategy="rebootstrap")
    assert clients.consumer(anew, clients.Health())["metadata.recovery.strategy"] == "rebootstrap"
    usual = clients.producer(settings(), clients.Health(), 1_048_588, 900_000)
    assert usual["metadata.recovery.strategy"] == "none"


def test_the_topics_limits_shape_the_producer(made):
    """A message may be as large as the topic takes; a batch no larger than the smallest."""
    producer = clients.producer(settings(), clients.Health(), 5_000_000, 10_000)
    assert producer["message.max.bytes"] == 5_000_000
    assert producer["batch.size"] == 10_000


@pytest.mark.parametrize(
    "properties", [{"no_such_property": "1"}, {"security_protocol": "hunter2-secret"}]
)
def test_bad_properties_are_a_usage_error_without_their_value(properties):
    """librdkafka's own text may hold the value, which may be a secret."""
    with pytest.raises(UsageError) as error:
        clients.consumer(settings(**properties), clients.Health())
    assert "hunter2" not in str(error.value)


def test_an_absent_broker_is_unreachable_within_the_limit():
    """With what to check."""
    health = clients.Health()
    client = clients.consumer(settings(), health)
    with pytest.raises(Unreachable, match="--bootstrap-servers"):
        clients.reach(client, health, Stop(), 0.1)
    stop = Stop()
    stop.ask()
    clients.reach(client, health, stop, 60)
    client.close()


class NoAnswer:
    """A client whose broker refuses it."""

    def __init__(self, health):
        self.health = health

    def list_topics(self, timeout):
        raise trouble(KafkaError._TRANSPORT)

    def poll(self, _timeout):
        self.health(trouble(KafkaError._AUTHENTICATION).args[0])


VERIFY = "SSL handshake failed: error:0A000086: certificate verify failed: has expired"


def test_a_certificate_that_is_not_believed_ends_the_start_at_once():
    """It does not become better by itself; another TLS error may."""
    health = clients.Health()
    health(KafkaError(KafkaError._SSL, "SSL handshake failed: Disconnected"))
    assert not health.refused
    client = NoAnswer(health)
    client.poll = lambda _: health(KafkaError(KafkaError._SSL, VERIFY))
    with pytest.raises(CredentialsRefused, match="broker refused for its certificate: SSL"):
        clients.reach(client, health, Stop(), 60)


def test_refused_credentials_are_told_at_once():
    """Not after the limit for an absent broker."""
    health = clients.Health()
    with pytest.raises(CredentialsRefused, match="credentials refused by the broker: made up"):
        clients.reach(NoAnswer(health), health, Stop(), 60)


@pytest.mark.parametrize(
    ("code", "fatal", "kind"),
    [
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, False, CredentialsRefused),
        (KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, True, CredentialsRefused),
        (KafkaError._FENCED, True, Fenced),
        (KafkaError.INVALID_PRODUCER_EPOCH, False, Fenced),
        (KafkaError._FATAL, False, Fenced),
        (KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, True, Fenced),
        (KafkaError._TRANSPORT, False, None),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, False, None),
    ],
)
def test_what_is_given_up_and_what_is_not(code, fatal, kind):
    """Passing trouble never ends the consumer."""
    error = trouble(code, fatal=fatal).args[0]
    if kind is None:
        assert clients.give_up(error) is None
    else:
        with pytest.raises(kind):
            clients.give_up(error)


def test_an_outage_is_one_line_and_its_end_another(caplog):
    """However often the client reports it."""
    caplog.set_level("INFO")
    health = clients.Health()
    for _ in range(3):
        health(trouble(KafkaError._ALL_BROKERS_DOWN).args[0])
    health.well()
    health.well()
    assert [record.message for record in caplog.records] == [
        "broker unreachable, trying on", "broker reachable again",
    ]  # fmt: skip
    assert health.lost_at is not None


def test_the_same_trouble_is_told_once_in_a_while(caplog):
    """Another cause is told at once."""
    health = clients.Health()
    for cause in ("A", "A", "B", "A"):
        health.trouble("not delivered", cause)
    assert [record.message for record in caplog.records] == [
        "not delivered cause=A", "not delivered cause=B",
    ]  # fmt: skip
