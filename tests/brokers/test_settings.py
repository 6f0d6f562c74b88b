"""The embedded broker's ways in, as its file of properties has them."""

from pathlib import Path

from testbed.brokers import ports, settings
from testbed.brokers.ports import STEADY


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
