"""Whether a broker is ready, asked of a real one and of impostors."""

import socket
import struct
import threading
from contextlib import contextmanager

import pytest

from testbed.brokers import coordinator
from testbed.brokers.readiness import Readiness


@contextmanager
def impostor(*replies: bytes):
    """A server that sends the replies, one per request, and closes."""

    def serve():
        connection, _ = server.accept()
        with connection:
            for reply in replies:
                connection.recv(1000)
                connection.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()
        thread.join(5)


def answer(body: bytes) -> bytes:
    return struct.pack(">ii", len(body) + 4, 0) + body


FOUND = answer(struct.pack(">hi", 0, 1))
DESCRIBED = answer(struct.pack(">ih", 1, 0))


def test_a_ready_broker_says_so(broker):
    host, port = broker.bootstrap_servers.split(":")
    assert coordinator.answers((host, int(port)), 5)
    assert Readiness(broker.bootstrap_servers)()


def test_nobody_is_not_ready():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert not coordinator.answers(closed.getsockname(), 1)
        assert not Readiness(f"127.0.0.1:{closed.getsockname()[1]}")()


@pytest.mark.parametrize(
    ("replies", "ready"),
    [
        ([FOUND, DESCRIBED], True),
        ([answer(struct.pack(">hi", 15, -1))], False),  # not available yet
        ([FOUND, answer(struct.pack(">ih", 1, 14))], False),  # still loading
        ([FOUND], False),  # closed in mid-conversation
        ([b"HTTP/1.1 400 Bad Request\r\n"], False),  # another protocol
        ([answer(b"")], False),  # too short
    ],
)
def test_an_answer_is_read(replies, ready):
    with impostor(*replies) as address:
        assert coordinator.answers(address, 2) is ready
