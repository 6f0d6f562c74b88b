"""Accounts, rights and certificates on a broker that asks who is there."""

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from testbed import clients
from testbed.brokers import KafkaBroker
from testbed.brokers.external import ExternalBroker
from testbed.brokers.guard import EXPIRED, GUARDED, RENAMED, keystore
from testbed.errors import BenchError, CannotStart
from testbed.history import INPUT
from testbed.limits import Limits
from testbed.options import Options
from testbed.replay.cli import main as replay
from testbed.security import rights
from testbed.security.access import Access
from testbed.security.trust import Trust
from testbed.topics import Topics

USER, PASSWORD = "somebody", "canary-4711-secret"
READ = next(one for one in rights.NEEDED if one.on == INPUT)


@pytest.fixture(scope="module")
def trust(tmp_path_factory):
    return Trust(tmp_path_factory.mktemp("guarded") / "trust")


@pytest.fixture(scope="module")
def access(guardian, tmp_path_factory, trust):
    """One guarded broker for all tests of this file, with one account and two topics."""
    folder = tmp_path_factory.mktemp("broker")
    options = Options(broker="kafka", reports=folder)
    broker = KafkaBroker(options, folder, guardian, print, guard=trust.guard)
    admin = clients.admin(broker.start())
    Topics(admin, 15).create({"events": 1, "letters": 1})
    made = Access(admin, 15)
    made.account(USER, PASSWORD)
    yield made
    broker.stop()


def properties(trust, **more) -> dict[str, str]:
    return {
        "security.protocol": "SASL_SSL", "ssl.ca.location": str(trust.authority),
        "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": USER, "sasl.password": PASSWORD,
    } | {name.replace("_", "."): value for name, value in more.items()}  # fmt: skip


def file(tmp_path, told: dict[str, str]) -> str:
    path = tmp_path / "client.properties"
    path.write_text("".join(f"{name}={value}\n" for name, value in told.items()))
    return str(path)


def seen(trust, name: str = GUARDED, within_s: float = 5) -> set[str]:
    """The topics that the account may see."""
    servers = {"bootstrap.servers": trust.guard.address(name), "log_level": 0}
    return set(AdminClient(properties(trust) | servers).list_topics(timeout=within_s).topics)


def test_a_right_is_needed_to_see_a_topic_and_can_be_taken_back(access, trust):
    binding = rights.binding(READ, USER, "events")
    assert "events" not in seen(trust)
    access.grant(binding)
    assert seen(trust) == {"events"}
    access.revoke(binding)
    assert "events" not in seen(trust)


@pytest.mark.parametrize("name", [RENAMED, EXPIRED])
def test_a_certificate_is_renewed_while_the_broker_runs(access, trust, name):
    with pytest.raises(KafkaException):
        seen(trust, name, within_s=1)
    access.configure("1", keystore(name), trust.renewed(name).as_posix())
    seen(trust, name)


def test_what_a_broker_refuses_is_said(access):
    with pytest.raises(BenchError, match="The broker refused to set"):
        access.configure("1", keystore(GUARDED), "/nowhere")


def test_external_works_with_the_same_file(access, trust, tmp_path):
    """As -D broker=external -D broker.client_config=FILE does."""
    options = Options(
        broker="external", bootstrap_servers=trust.guard.address(),
        broker_client_config=file(tmp_path, properties(trust)),
    )  # fmt: skip
    handover = ExternalBroker(options, tmp_path, None, print).start()
    assert clients.admin(handover).list_topics(timeout=5).brokers


@pytest.mark.parametrize(
    "wrong", [{"sasl_password": "canary-0815-wrong"}, {"ssl_ca_location": "stranger"}]
)
def test_external_is_refused_without_telling_a_secret(access, trust, tmp_path, wrong):
    """The cause names what is wrong, and no password."""
    if "ssl_ca_location" in wrong:
        wrong = {"ssl_ca_location": str(trust.stranger)}
    options = Options(
        broker="external", bootstrap_servers=trust.guard.address(),
        broker_client_config=file(tmp_path, properties(trust, **wrong)),
        limits=Limits(admin_s=2),
    )  # fmt: skip
    with pytest.raises(CannotStart) as error:
        ExternalBroker(options, tmp_path, None, print).start()
    assert "canary" not in str(error.value)
    assert "verify failed" in error.value.cause or "Authentication failed" in error.value.cause


def test_letters_are_put_back_over_a_guarded_way_in(access, trust, tmp_path, capsys):
    """The command takes the same file of properties."""
    write, read = rights.NEEDED[2], READ
    access.grant(rights.binding(write, USER, "events"))
    access.grant(rights.binding(read, USER, "letters"))
    words = [
        "--bootstrap-servers", trust.guard.address(), "--input-topic", "events",
        "--deadletter-topic", "letters", "--client-config", file(tmp_path, properties(trust)),
    ]  # fmt: skip
    assert replay(words) == 0
    assert "0 of 0 chosen letters" in capsys.readouterr().out
