"""A broker that only knows frames, a client that speaks to it, and the proxy between them."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from testbed.brokers import ports
from testbed.network.proxy import Proxy

PRODUCE, FETCH, COMMIT = 0, 1, 8  # API keys
NO_ANSWER = b"acks=0"
WITHIN_S = 5.0


def request(key: int, correlation: int, body: bytes = b"") -> bytes:
    """A request as Kafka frames it."""
    return struct.pack(">ihhi", 8 + len(body), key, 0, correlation) + body


def response(correlation: int, body: bytes = b"") -> bytes:
    """A response as Kafka frames it."""
    return struct.pack(">ii", 4 + len(body), correlation) + body


def read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


class FrameBroker:
    """Answers each request with its own body, and keeps what it was asked."""

    def __init__(self):
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.asked: list[tuple[int, int]] = []  # (API key, correlation id)
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):  # closed already
            self._server.shutdown(socket.SHUT_RDWR)  # else the waiting thread keeps it listening
        for one in [self._server, *self.connections]:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._server.accept()[0]
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while True:
                (size,) = struct.unpack(">i", read(connection, 4))
                frame = read(connection, size)
                key, _, correlation = struct.unpack_from(">hhi", frame)
                self.asked.append((key, correlation))
                if frame[8:] != NO_ANSWER:
                    connection.sendall(response(correlation, frame[8:]))
        except OSError:
            return


class FrameClient:
    """One connection: asks, and hears whatever is answered."""

    def __init__(self, address: str):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), WITHIN_S)

    def say(self, key: int, correlation: int, body: bytes = b"") -> None:
        self.socket.sendall(request(key, correlation, body))

    def hear(self, within_s: float = WITHIN_S) -> tuple[int, bytes]:
        self.socket.settimeout(within_s)
        size, correlation = struct.unpack(">ii", read(self.socket, 8))
        return correlation, read(self.socket, size - 4)

    def ask(self, key: int, correlation: int, body: bytes = b"") -> tuple[int, bytes]:
        self.say(key, correlation, body)
        return self.hear()


@pytest.fixture
def frame_broker() -> Iterator[FrameBroker]:
    broker = FrameBroker()
    yield broker
    broker.close()


@pytest.fixture
def proxy(frame_broker) -> Iterator[Proxy]:
    listen = f"127.0.0.1:{ports.free(1)[0]}"
    with Proxy.start([(listen, frame_broker.address)], WITHIN_S) as proxy:
        yield proxy


@pytest.fixture
def connect(proxy) -> Iterator:
    """Makes clients of the proxy."""
    made = []

    def make() -> FrameClient:
        made.append(FrameClient(proxy.address))
        return made[-1]

    yield make
    for client in made:
        client.socket.close()
