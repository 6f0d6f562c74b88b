"""A cluster that somebody else runs."""

import dataclasses
import socket

import pytest

from testbed.brokers import ExternalBroker
from testbed.brokers.protocol import Broker, CanKill, CanPause, CanRestart
from testbed.errors import BenchError, CannotStart, UsageError
from testbed.limits import Limits
from testbed.options import Options

LIMITS = Limits(admin_s=1.0)


def external(tmp_path, servers: str, **options) -> ExternalBroker:
    base = Options(broker="external", bootstrap_servers=servers, limits=LIMITS)
    chosen = dataclasses.replace(base, **options)
    return ExternalBroker(chosen, tmp_path, None, print)


def test_it_is_reached_and_left_alone(broker, tmp_path):
    """It has no capability to harm the cluster, and ``stop`` does not stop it."""
    reached = external(tmp_path, broker.bootstrap_servers, limits=Limits())
    handover = reached.start()
    reached.stop()
    assert (handover.kind, handover.owned) == ("external", False)
    assert handover.bootstrap_servers == broker.bootstrap_servers
    assert isinstance(reached, Broker)
    assert not isinstance(reached, CanPause | CanKill | CanRestart)
    assert reached.start() == handover


def test_its_properties_are_handed_over(broker, tmp_path):
    path = tmp_path / "client.properties"
    path.write_text("security.protocol=plaintext\n", "utf-8")
    reached = external(
        tmp_path, broker.bootstrap_servers, broker_client_config=str(path), limits=Limits()
    )
    assert reached.start().client_config_path == str(path)


def test_servers_that_do_not_answer_are_named(tmp_path):
    """Within the limit, with what the client says about it."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, and nobody listens
        servers = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(CannotStart, match=f"cluster at {servers} does not answer") as caught:
            external(tmp_path, servers).start()
    assert "refused" in caught.value.cause
    assert "broker.bootstrap_servers" in caught.value.next_step


def test_a_property_that_the_client_does_not_know_is_a_usage_error(tmp_path):
    path = tmp_path / "client.properties"
    path.write_text("sasl.password=hunter2\nno.such=thing\n", "utf-8")
    with pytest.raises(UsageError, match=r"no\.such") as caught:
        external(tmp_path, "127.0.0.1:1", broker_client_config=str(path)).start()
    assert "hunter2" not in str(caught.value)


def test_there_is_no_handover_before_the_start(tmp_path):
    with pytest.raises(BenchError, match="has not been started"):
        _ = external(tmp_path, "127.0.0.1:1").handover
