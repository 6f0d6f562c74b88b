"""Exactly the n-th response of a kind is lost, swallowed or late; the broker did its part."""

import time

import pytest

from testbed.wait import until
from tests.network.conftest import COMMIT, FETCH, NO_ANSWER, WITHIN_S, request

SHORT_S = 0.15


def test_a_lost_answer_ends_the_connection_and_the_broker_has_done_it(connect, proxy, frame_broker):
    client = connect()
    trigger = proxy.arm("OffsetCommit", "lose", nth=2)
    assert client.ask(COMMIT, 1) == (1, b"")
    assert client.ask(FETCH, 2) == (2, b"")
    assert proxy.fired(trigger) is None
    client.say(COMMIT, 3, b"work")
    client.socket.settimeout(WITHIN_S)
    with pytest.raises(ConnectionError):
        client.hear()
    assert frame_broker.asked[-1] == (COMMIT, 3)
    until(lambda: proxy.fired(trigger), within_s=WITHIN_S, what="the note")
    assert connect().ask(COMMIT, 4) == (4, b"")


def test_what_was_answered_before_the_lost_one_arrives(connect, proxy):
    client = connect()
    proxy.arm("OffsetCommit", "lose")
    client.socket.sendall(b"".join(_pipelined((FETCH, 1), (FETCH, 2), (COMMIT, 3), (FETCH, 4))))
    assert [client.hear()[0], client.hear()[0]] == [1, 2]
    with pytest.raises(ConnectionError):
        client.hear()


def test_a_swallowed_answer_leaves_the_rest_in_order(connect, proxy):
    client = connect()
    trigger = proxy.arm("OffsetCommit", "swallow")
    client.socket.sendall(
        b"".join(_pipelined((FETCH, 1), (COMMIT, 2), (FETCH, 3), (COMMIT, 4), size=300_000))
    )
    assert [client.hear()[0] for _ in range(3)] == [1, 3, 4]
    until(lambda: proxy.fired(trigger), within_s=WITHIN_S, what="the note")


def test_a_late_answer_holds_up_what_follows(connect, proxy):
    client = connect()
    proxy.arm("OffsetCommit", "delay", by_s=0.2)
    begun = time.monotonic()
    client.socket.sendall(b"".join(_pipelined((COMMIT, 1), (FETCH, 2))))
    assert [client.hear()[0], client.hear()[0]] == [1, 2]
    assert time.monotonic() - begun >= 0.2
    assert client.ask(COMMIT, 3) == (3, b"")


def test_requests_without_an_answer_confuse_nobody(connect, proxy):
    client = connect()
    trigger = proxy.arm("Produce", "lose")
    client.say(0, 1, NO_ANSWER)
    client.say(0, 2, NO_ANSWER)
    assert client.ask(FETCH, 3) == (3, b"")
    assert proxy.fired(trigger) is None
    client.say(0, 4)
    with pytest.raises(ConnectionError):
        client.hear()


def test_healing_disarms(connect, proxy):
    client = connect()
    proxy.arm("OffsetCommit", "lose")
    proxy.heal()
    assert client.ask(COMMIT, 1) == (1, b"")


def _pipelined(*asked, size=10):
    return [request(key, correlation, b"p" * size) for key, correlation in asked]
