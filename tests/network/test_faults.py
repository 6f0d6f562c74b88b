"""Every fault bites, says how much, and is gone when it is healed."""

import time
from collections import deque
from socket import SHUT_WR

import pytest

from testbed.errors import BenchError, CannotStart, NotReached
from testbed.network.pipe import FULL
from testbed.network.proxy import Proxy
from testbed.wait import until
from tests.network.conftest import FETCH, PRODUCE, WITHIN_S, request

SHORT_S = 0.15  # what does not come within this on an idle machine does not come
BODY = b"x" * 1000


@pytest.fixture
def client(connect):
    """A client that has been answered once."""
    client = connect()
    assert client.ask(FETCH, 1, BODY) == (1, BODY)
    return client


def broken(client) -> bool:
    """Whether the client's connection ends with a reset."""
    client.socket.settimeout(WITHIN_S)
    try:
        return client.socket.recv(1) == b"never"
    except ConnectionResetError:
        return True


def broken_at_once(connect) -> bool:
    """Whether a new connection is; the reset may come before it is seen to be made."""
    try:
        return broken(connect())
    except ConnectionResetError:
        return True


def test_a_clear_network_passes_everything(client, proxy):
    large = bytes(range(256)) * 20_000
    for number in range(2, 6):
        assert client.ask(FETCH, number, large) == (number, large)
    assert proxy.state() == {"bytes": 0, "connections": 0, "open": 1}


def test_an_end_is_told_to_the_other_side(client, proxy, frame_broker):
    frame_broker.connections[0].shutdown(2)
    client.socket.settimeout(WITHIN_S)
    assert client.socket.recv(1) == b""
    until(lambda: proxy.state()["open"] == 0, within_s=WITHIN_S, what="the connection to end")


def test_a_blackhole_swallows_and_breaks_what_it_swallowed(client, connect, proxy, frame_broker):
    proxy.begin("blackhole")
    client.say(FETCH, 2, BODY)
    late = connect()
    late.say(FETCH, 3, BODY)
    for one in (client, late):
        with pytest.raises(TimeoutError):
            one.hear(SHORT_S)
    toll = proxy.heal()
    assert toll["bytes"] == 2 * (12 + len(BODY)) and toll["connections"] == 1
    assert broken(client) and broken(late)
    assert frame_broker.asked == [(FETCH, 1)]
    assert connect().ask(FETCH, 4) == (4, b"")


def test_a_blackhole_one_way_loses_answers_only(client, connect, proxy, frame_broker):
    proxy.begin("blackhole", direction="down")
    client.say(FETCH, 2)
    until(lambda: len(frame_broker.asked) == 2, within_s=WITHIN_S, what="the broker to be asked")
    with pytest.raises(TimeoutError):
        client.hear(SHORT_S)
    assert proxy.heal()["bytes"] == 8
    assert broken(client)


def test_a_blackhole_begins_with_the_request_that_it_is_told(client, proxy, frame_broker):
    """Whatever comes before it gets through."""
    proxy.begin("blackhole", from_key=PRODUCE)
    assert client.ask(FETCH, 2) == (2, b"")
    assert proxy.state()["bytes"] == 0
    client.say(PRODUCE, 3, BODY)
    client.say(FETCH, 4)
    with pytest.raises(TimeoutError):
        client.hear(SHORT_S)
    assert proxy.heal()["bytes"] == 2 * 12 + len(BODY)
    assert broken(client)
    assert frame_broker.asked == [(FETCH, 1), (FETCH, 2)]


def test_a_blackhole_that_nobody_met_has_bitten_nothing(client, proxy):
    proxy.begin("blackhole")
    assert not any(proxy.heal().values())
    assert client.ask(FETCH, 2) == (2, b"")


def test_the_end_of_a_client_stays_unknown_in_a_blackhole(client, proxy):
    proxy.begin("blackhole")
    client.socket.close()
    with pytest.raises(NotReached):
        until(lambda: proxy.state()["open"] == 0, within_s=SHORT_S, what="an end")
    proxy.heal()
    until(lambda: proxy.state()["open"] == 0, within_s=WITHIN_S, what="the connection to end")


def test_a_reset_breaks_old_and_new_connections(client, connect, proxy):
    proxy.begin("reset")
    assert broken(client)
    assert broken_at_once(connect)
    assert proxy.heal()["connections"] == 2
    assert connect().ask(FETCH, 2) == (2, b"")


def test_latency_holds_each_way_back_and_is_gone_at_once(client, proxy):
    proxy.begin("latency", delay_s=0.1)
    begun = time.monotonic()
    assert client.ask(FETCH, 2, BODY) == (2, BODY)
    assert 0.2 <= time.monotonic() - begun < 1.0
    assert proxy.heal()["bytes"] >= 2 * len(BODY)
    proxy.begin("latency", delay_s=60)
    client.say(FETCH, 3)
    client.say(FETCH, 4)
    until(lambda: proxy.state()["bytes"] >= 24, within_s=WITHIN_S, what="both to be held back")
    proxy.heal()
    assert [client.hear()[0], client.hear()[0]] == [3, 4]


def test_what_is_late_still_comes_before_the_end(client, proxy, frame_broker):
    proxy.begin("latency", delay_s=0.1)
    client.say(FETCH, 2)
    until(lambda: len(frame_broker.asked) == 2, within_s=WITHIN_S, what="the broker to be asked")
    frame_broker.connections[0].shutdown(SHUT_WR)
    assert client.hear() == (2, b"")
    assert client.socket.recv(1) == b""


def test_a_long_way_holds_the_sender_up(client, proxy):
    proxy.begin("latency", delay_s=60)
    client.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        client.socket.sendall(b"z" * 100_000_000)
    assert proxy.state()["bytes"] < 5 * FULL


def test_a_reader_that_does_not_read_holds_the_sender_up(client):
    client.socket.settimeout(SHORT_S)
    frame = request(FETCH, 2, b"z" * 10_000_000)
    with pytest.raises(TimeoutError):  # each buffer on the way takes some megabytes
        deque(map(client.socket.sendall, [frame] * 50))


def test_bandwidth_is_kept(client, proxy):
    proxy.begin("bandwidth", bytes_per_s=200_000)
    begun, body = time.monotonic(), b"y" * 50_000
    assert client.ask(FETCH, 2, body) == (2, body)
    assert 0.25 <= time.monotonic() - begun < 1.5
    assert proxy.heal()["bytes"] > 50_000


def test_what_a_narrow_line_holds_back_is_let_go(client, proxy):
    proxy.begin("bandwidth", bytes_per_s=1000)
    client.say(FETCH, 2, b"z" * 3_000_000)
    proxy.heal()
    assert client.hear() == (2, b"z" * 3_000_000)


def test_half_open_keeps_the_client_in_belief(client, connect, proxy, frame_broker):
    proxy.begin("half-open")
    assert broken_at_broker(frame_broker)
    client.say(FETCH, 2)
    with pytest.raises(TimeoutError):
        client.hear(SHORT_S)
    assert connect().ask(FETCH, 3) == (3, b"")
    assert proxy.heal() == {"bytes": 12, "connections": 1}
    assert broken(client)


def test_half_open_takes_the_first_that_speaks_where_there_is_none(proxy, connect, frame_broker):
    proxy.begin("half-open")
    late = connect()
    late.say(FETCH, 1)
    with pytest.raises(TimeoutError):
        late.hear(SHORT_S)
    assert connect().ask(FETCH, 2) == (2, b"")
    assert proxy.heal() == {"bytes": 12, "connections": 1}
    assert frame_broker.asked == [(FETCH, 2)]
    assert broken(late)


def broken_at_broker(frame_broker) -> bool:
    """Whether the broker's side of the first connection has ended."""
    first = frame_broker.connections[0]
    return bool(until(lambda: _ended(first), within_s=WITHIN_S, what="the broker's side to end"))


def _ended(connection) -> bool:
    try:
        connection.send(b"")
        return connection.getpeername() is None
    except OSError:
        return True


def test_two_faults_at_once_are_refused(client, proxy):
    proxy.begin("latency", delay_s=0.01)
    with pytest.raises(BenchError, match="'latency' is not healed yet"):
        proxy.begin("blackhole")
    proxy.heal()
    assert not any(proxy.heal().values())
    assert client.ask(FETCH, 2) == (2, b"")


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (("begin", "earthquake"), "expected one of blackhole, reset"),
        (("arm", "OffsetComit", "lose"), "Expected a Kafka request such as Produce"),
        (("arm", "OffsetCommit", "loose"), "Expected an action of lose, swallow, delay"),
    ],
)
def test_a_wrong_order_is_refused(proxy, order, words):
    name, *rest = order
    with pytest.raises(BenchError, match=words):
        getattr(proxy, name)(*rest)


def test_a_proxy_that_is_gone_is_told(proxy):
    proxy._process.kill()
    proxy._process.wait()
    with pytest.raises(BenchError, match="The network proxy is gone"):
        proxy.begin("blackhole")
    assert not proxy.running


def test_every_port_taken_is_told(proxy, frame_broker):
    with pytest.raises(CannotStart, match="no port to listen on"):
        Proxy.start([(proxy.address, frame_broker.address)], within_s=0.1)


def test_a_broker_that_is_gone_breaks_the_connection(proxy, connect, frame_broker):
    frame_broker.close()
    assert broken_at_once(connect)
