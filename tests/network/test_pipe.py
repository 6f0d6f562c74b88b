"""One direction of a connection: what comes before its sink is there waits for it, in order."""

import asyncio

from testbed.network.conditions import UP
from testbed.network.pipe import Pipe


class Sink:
    """A transport that keeps what it was given."""

    def __init__(self):
        self.data, self.closed = b"", asyncio.Event()

    def write(self, data: bytes) -> None:
        self.data += data

    def close(self) -> None:
        self.closed.set()


def through(talk) -> bytes:
    """What has come through when the sink is closed."""

    async def run() -> bytes:
        pipe, sink = Pipe(UP), Sink()
        talk(pipe, sink)
        pipe.end()
        await asyncio.wait_for(sink.closed.wait(), 5)
        return sink.data

    return asyncio.run(run())


def test_bytes_that_come_before_the_sink_wait_for_it():
    def talk(pipe, sink):
        pipe.send(b"early ")
        pipe.hurry()
        pipe.reach(sink)
        pipe.send(b"late")

    assert through(talk) == b"early late"


def test_a_delay_keeps_the_order_from_before_the_sink():
    def talk(pipe, sink):
        pipe.send(b"slow ", 0.02)
        pipe.send(b"quick ")
        pipe.reach(sink)
        pipe.send(b"last")

    assert through(talk) == b"slow quick last"
