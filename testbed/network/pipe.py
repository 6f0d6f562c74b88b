"""One direction of one connection: passes bytes on, now or later, always in order."""

import asyncio
import socket
import struct
from collections import deque

FULL = 1 << 20  # bytes that wait here before the sender has to
# Closing with this on a socket sends RST where FIN would be usual.
RESET = struct.pack("hh" if hasattr(socket, "SO_EXCLUSIVEADDRUSE") else "ii", 1, 0)


class Pipe:
    """From one end's transport (``source``) to the other's (``sink``)."""

    def __init__(self, direction: str):
        self.direction = direction
        self.source: asyncio.Transport | None = None
        self.sink: asyncio.Transport | None = None
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._sink_full = self._ending = False

    def send(self, data: bytes, after_s: float = 0.0) -> None:
        """Pass on, after a while and never before what was sent earlier, nor before ``reach``."""
        if self.sink and not after_s and not self._waiting:
            self.sink.write(data)
            return
        self._waiting.append((asyncio.get_running_loop().time() + after_s, data))
        self._bytes += len(data)
        self._choke()
        self._wind()

    def reach(self, sink: asyncio.Transport) -> None:
        """The sink is there now.

        Bytes may have come before: a source that is paused as it comes still reads once in
        Python's event loops before 3.11.4.
        """
        self.sink = sink
        self._wind()

    def hurry(self) -> None:
        """Pass on at once what waits."""
        self._waiting = deque((0.0, data) for _, data in self._waiting)
        self._release()

    def end(self) -> None:
        """Close the sink behind what waits."""
        self._ending = True
        if not self._waiting:
            self._close()

    def sink_is_full(self, full: bool) -> None:
        """Have the source wait for a sink that takes no more."""
        self._sink_full = full
        self._choke()

    def discard(self) -> None:
        """Forget what waits: the connection is over."""
        self._waiting.clear()
        if self._timer:
            self._timer.cancel()

    def _close(self) -> None:
        if self.sink:
            self.sink.close()

    def _choke(self) -> None:
        if self.source is None or self.source.is_closing():
            return
        if self._sink_full or self._bytes > FULL:
            self.source.pause_reading()
        else:
            self.source.resume_reading()

    def _wind(self) -> None:
        if self.sink and self._timer is None and self._waiting:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._waiting[0][0], self._release)

    def _release(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        now = asyncio.get_running_loop().time()
        while self.sink and self._waiting and self._waiting[0][0] <= now:
            data = self._waiting.popleft()[1]
            self._bytes -= len(data)
            self.sink.write(data)
        self._choke()
        self._wind()
        if self._ending and not self._waiting:
            self._close()


def reset(transport: asyncio.Transport | None) -> None:
    """Close at once, in a way that the peer sees as a broken connection."""
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    transport.abort()
