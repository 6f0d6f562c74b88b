"""The embedded broker's ways in, as its file of properties has them."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from testbed.brokers import ports, settings
from testbed.brokers.guard import Guard
from testbed.brokers.ports import STEADY
from testbed.brokers.settings import HOST
from testbed.errors import CannotStart


def test_a_proxied_way_in_is_bound_here_and_advertised_there():
    clients, controller = settings.Listener("CLIENTS", 1), settings.Listener("CONTROLLER", 2)
    ways = settings.proxied([3, 4], [5, 6])
    text = settings.server_properties(Path("data"), [clients, *ways], controller, {})
    told = dict(line.split("=", 1) for line in text.splitlines())
    assert told["listeners"].split(",") == [
        "CLIENTS://127.0.0.1:1",
        "PROXIED0://127.0.0.1:3",
        "PROXIED1://127.0.0.1:4",
        "CONTROLLER://127.0.0.1:2",
    ]
    assert told["advertised.listeners"].split(",") == [
        "CLIENTS://127.0.0.1:1",
        "PROXIED0://127.0.0.1:5",
        "PROXIED1://127.0.0.1:6",
    ]
    assert told["listener.name.proxied1.num.network.threads"] == "1"
    assert "listener.name.clients.num.network.threads" not in told


def test_steady_ports_are_free_and_outside_what_connections_get():
    found = ports.steady(4)
    assert len(set(found)) == 4
    assert all(port in STEADY and not ports.is_taken(port) for port in found)


def test_a_guarded_way_in_asks_who_is_there():
    """It has a protocol and a certificate of its own; the suite's own way stays open."""
    guard = Guard({"GUARDED": Path("a.pem"), "EXPIRED": Path("b.pem")})
    clients, controller = settings.Listener("CLIENTS", 1), settings.Listener("CONTROLLER", 2)
    assert guard.count == 2
    ways = [clients, *guard.listeners([3, 4])]
    text = settings.server_properties(Path("data"), ways, controller, guard.properties())
    told = dict(line.split("=", 1) for line in text.splitlines())
    assert told["listener.security.protocol.map"].split(",") == [
        "CLIENTS:PLAINTEXT", "GUARDED:SASL_SSL", "EXPIRED:SASL_SSL", "CONTROLLER:PLAINTEXT",
    ]  # fmt: skip
    assert guard.address() == "127.0.0.1:3"
    assert guard.address("EXPIRED") == "127.0.0.1:4"
    assert told["listener.name.guarded.ssl.keystore.location"] == "a.pem"
    assert told["listener.name.expired.ssl.keystore.location"] == "b.pem"
    assert told["listener.name.expired.sasl.enabled.mechanisms"] == "SCRAM-SHA-512"
    assert told["authorizer.class.name"].endswith("StandardAuthorizer")
    assert told["super.users"] == "User:ANONYMOUS"


def test_each_of_several_nodes_knows_all_controllers():
    """And a copy of everything is wanted on each, two of which are enough."""
    told = settings.replicated(2, {1: 11, 2: 12, 3: 13})
    assert told["node.id"] == 2
    assert told["controller.quorum.voters"] == "1@127.0.0.1:11,2@127.0.0.1:12,3@127.0.0.1:13"
    copies = {told[name] for name in told if name.endswith("replication.factor")}
    assert copies == {len(settings.NODES)}
    assert {told[name] for name in told if "min.i" in name} == {2}


def test_a_block_of_ports_belongs_to_one_process_and_goes_round():
    blocks = range(11_000, 11_020, 10)
    with closing(ports.Block(blocks)) as one, closing(ports.Block(blocks)) as other:
        mine, yours = ([block.next() for _ in range(9)] for block in (one, other))
        assert len(set(mine) | set(yours)) == 18
        assert one.next() == mine[0]
        with pytest.raises(CannotStart, match="2 are all taken"):
            ports.Block(blocks)


def test_a_port_of_the_block_that_somebody_took_is_passed_over():
    with closing(ports.Block()) as block:
        first = block.next()
        with socket.create_server((HOST, first + 1)):
            assert block.next() == first + 2
