"""The name under which a producer works in transactions is read out of its own introduction."""

import struct
from socket import IPPROTO_TCP, TCP_NODELAY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbed.network.frames import Conversation
from testbed.network.transactional import INIT_PRODUCER_ID, Introductions, transactional_id
from testbed.wait import until
from tests.network.conftest import FETCH, WITHIN_S, request

NAME = "scorer-é-0"


def string(text: str | None) -> bytes:
    data = (text or "").encode()
    return struct.pack(">h", -1 if text is None else len(data)) + data


def compact(text: str | None) -> bytes:
    if text is None:
        return b"\0"
    data, length = text.encode(), len(text.encode()) + 1
    head = b"" if length < 0x80 else bytes([length & 0x7F | 0x80])
    return head + bytes([length >> 7 if head else length]) + data


def introduction(name: str | None, version: int = 4, client: str | None = "rdkafka") -> bytes:
    """As Kafka's protocol has it; behind the name come a timeout and more."""
    told = b"\0" + compact(name) if version >= 2 else string(name)
    body = struct.pack(">hhi", INIT_PRODUCER_ID, version, 7) + string(client) + told
    return struct.pack(">i", len(body) + 6) + body + struct.pack(">ih", 60_000, 0)


@pytest.mark.parametrize("version", range(6))
@pytest.mark.parametrize("client", ["rdkafka", "", None])
def test_the_name_is_found_in_every_version(version, client):
    assert transactional_id(introduction(NAME, version, client)) == NAME
    assert transactional_id(introduction("x" * 300, version, client)) == "x" * 300


@pytest.mark.parametrize("version", [1, 4])
def test_one_without_transactions_has_no_name(version):
    assert transactional_id(introduction(None, version)) is None


@pytest.mark.parametrize("version", [1, 4])
def test_a_part_of_an_introduction_tells_nothing(version):
    whole = introduction(NAME, version)
    end = whole.index(NAME.encode()) + len(NAME.encode())
    assert [transactional_id(whole[:cut]) for cut in range(end)] == [None] * end
    assert transactional_id(whole[:end]) == NAME


def test_the_proxy_hears_each_name_once_and_passes_it_on(client, proxy, frame_broker):
    for name in (NAME, None, "other", NAME):
        client.socket.sendall(introduction(name))
    client.say(FETCH, 9)
    until(lambda: len(frame_broker.asked) == 5, within_s=WITHIN_S, what="all to be passed on")
    until(lambda: len(proxy.transactional_ids) == 2, within_s=WITHIN_S, what="both names")
    assert proxy.transactional_ids == [NAME, "other"]


@pytest.mark.parametrize("cut", [4, 12, 20])
def test_an_introduction_in_pieces_is_heard_too(client, proxy, frame_broker, cut):
    """Some clients send the size, or the head, by itself."""
    message = introduction(NAME, 1)
    client.socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    client.socket.sendall(message[:cut])
    until(lambda: proxy.state()["open"], within_s=WITHIN_S, what="the connection")
    client.socket.sendall(message[cut:])
    client.say(FETCH, 9)
    until(lambda: len(frame_broker.asked) == 2, within_s=WITHIN_S, what="all to be passed on")
    until(lambda: proxy.transactional_ids, within_s=WITHIN_S, what="the name")
    assert proxy.transactional_ids == [NAME]


@given(st.lists(st.sampled_from([NAME, None, "other"]), min_size=1), st.integers(1, 60))
def test_however_the_stream_is_cut_each_name_is_heard_once(names, step):
    stream = b"".join(request(FETCH, 1, b"x" * 20) + introduction(name) for name in names)
    conversation, introductions, heard = Conversation(), Introductions(), []
    for at in range(0, len(stream), step):
        heard += introductions.heard(*conversation.asked(stream[at : at + step]))
    assert heard == [name for name in names if name]


@pytest.fixture
def client(connect):
    return connect()
