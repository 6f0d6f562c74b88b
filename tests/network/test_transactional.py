"""The name under which a producer works in transactions is read out of its own introduction."""

import struct

import pytest

from testbed.network.transactional import INIT_PRODUCER_ID, transactional_id
from testbed.wait import until
from tests.network.conftest import FETCH, WITHIN_S

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


@pytest.fixture
def client(connect):
    return connect()
