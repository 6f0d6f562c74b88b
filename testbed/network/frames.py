"""Finds where messages begin in one direction of a connection; decodes their heads, no more.

Every message is its size (four bytes) and so many bytes. A request goes on with API key, API
version and correlation id, a response with the correlation id of its request.
"""

import struct
from collections import deque

LARGEST = 1 << 28  # bytes; what claims to be larger is no Kafka message (TLS, for one)
IN_FLIGHT = 10_000  # requests of one connection without an answer yet
SIZE_BYTES = 4


class Frames:
    """Cuts a stream of bytes at the heads of its messages."""

    def __init__(self, head: str):
        self._head = struct.Struct(f">i{head}")
        self._rest = 0  # bytes of the current message that are still to come
        self._begun = b""  # a head of which only a part has come
        self._opaque = False

    def feed(self, data: bytes) -> tuple[bytes, list[tuple[int, tuple]]]:
        """What may be passed on now, and where in it messages begin: (index, head).

        An incomplete head is kept back until its rest comes.
        """
        if self._opaque:
            return data, []
        if self._begun:
            data, self._begun = self._begun + data, b""
        at, heads, end = self._rest, [], len(data)
        while at + self._head.size <= end:
            size, *head = self._head.unpack_from(data, at)
            if not 0 < size <= LARGEST:
                self._opaque = True
                return data, heads
            heads.append((at, tuple(head)))
            at += SIZE_BYTES + size
        if at < end:
            data, self._begun = data[:at], data[at:]
        self._rest = at - len(data)
        return data, heads

    def remainder(self) -> bytes:
        """What was kept back, for a stream that ends."""
        begun, self._begun = self._begun, b""
        return begun


class Conversation:
    """Both directions of one connection: which request a response belongs to."""

    def __init__(self):
        self.requests, self.responses = Frames("hhi"), Frames("i")
        self._open: deque[tuple[int, int]] = deque(maxlen=IN_FLIGHT)

    def asked(self, data: bytes) -> tuple[bytes, list[tuple[int, int]]]:
        """What may be passed on, and where requests begin in it: (index, API key)."""
        data, heads = self.requests.feed(data)
        self._open.extend((correlation, key) for _, (key, _version, correlation) in heads)
        return data, [(at, key) for at, (key, _version, _correlation) in heads]

    def answered(self, data: bytes) -> tuple[bytes, list[tuple[int, int | None]]]:
        """What may be passed on, and where responses begin in it: (index, API key)."""
        data, heads = self.responses.feed(data)
        return data, [(at, self._key(correlation)) for at, (correlation,) in heads]

    def _key(self, correlation: int) -> int | None:
        # Answers come in order, so requests before this one never get any (acks=0).
        while self._open:
            asked, key = self._open.popleft()
            if asked == correlation:
                return key
        return None
