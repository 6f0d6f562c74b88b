"""One connection of a client, and the one to the broker that belongs to it."""

import asyncio

from testbed.network.conditions import DOWN, UP
from testbed.network.frames import Conversation
from testbed.network.pipe import Pipe, reset
from testbed.network.transactional import Introductions
from testbed.network.triggers import DELAY, LOSE


class End(asyncio.Protocol):
    """What happens at one of the two ends, told to the link."""

    def __init__(self, link: "Link", inward: Pipe, outward: Pipe, received):
        self._link, self._inward, self._outward = link, inward, outward
        self.data_received = received

    def connection_made(self, transport) -> None:
        """Both directions know their transports."""
        self._inward.source = transport
        self._outward.reach(transport)
        self._link.made(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the other end, unless the network hides it."""
        self._link.lost(self._inward)

    def pause_writing(self) -> None:
        """Too much for this end."""
        self._outward.sink_is_full(True)

    def resume_writing(self) -> None:
        """It takes more again."""
        self._outward.sink_is_full(False)


class Link:
    """Both ends; asks the network what becomes of what they say."""

    def __init__(self, network, number: int):
        self.number, self.torn = number, False
        self.up, self.down = Pipe(UP), Pipe(DOWN)
        self._network, self._conversation = network, Conversation()
        self._introductions = Introductions()
        self._swallowing = self._over = False
        self._ends = 0
        self.client = End(self, self.up, self.down, self._from_client)
        self.broker = End(self, self.down, self.up, self._from_broker)

    def made(self, end: End) -> None:
        """A client has come, or the broker is reached."""
        self._ends += 1
        if end is self.client:
            self._network.opened(self)
        elif self._over:
            self.reset()
        elif self.up.source:
            self.up.source.resume_reading()

    def lost(self, inward: Pipe) -> None:
        """One end is gone."""
        self._ends -= 1
        if not self._over and not self._network.condition.hides_end(self, inward):
            self._close(inward)
        if not self._ends:
            self._network.closed(self)

    def reset(self) -> None:
        """Break off both ends."""
        self._finish()
        reset(self.up.source)
        self.reset_broker()

    def reset_broker(self) -> None:
        """Break off the broker's end alone."""
        reset(self.up.sink)

    def _close(self, inward: Pipe) -> None:
        """End orderly towards the end that is still there."""
        if inward is self.down:
            inward.send(self._conversation.responses.remainder())
        self._over = True
        inward.end()

    def _finish(self) -> None:
        self._over = True
        self.up.discard()
        self.down.discard()

    def _from_client(self, data: bytes) -> None:
        if not self._over:
            passed, begun = self._conversation.asked(data)
            names = self._introductions.heard(passed, begun)
            self._network.hear({key for _, key in begun}, names)
            self._network.condition.carry(self, self.up, passed)

    def _from_broker(self, data: bytes) -> None:
        if self._over:
            return
        data, heads = self._conversation.answered(data)
        if not self._swallowing and not (heads and self._network.triggers):
            self._network.condition.carry(self, self.down, data)
            return
        ends = [*(at for at, _ in heads), len(data)]
        self._go_on(data[: ends[0]])
        for (begin, key), end in zip(heads, ends[1:], strict=True):
            if not self._over:
                self._begin(key, data[begin:end])

    def _go_on(self, piece: bytes, after_s: float = 0.0) -> None:
        """The response that began earlier keeps its fate."""
        if piece and not self._swallowing:
            self._network.condition.carry(self, self.down, piece, after_s)

    def _begin(self, key: int | None, piece: bytes) -> None:
        """A response begins; a trigger may fire."""
        fired = self._network.meet(key, self)
        self._swallowing = fired is not None and fired.action != DELAY
        if fired and fired.action == LOSE:
            self._lose()
        else:
            self._go_on(piece, fired.by_s if fired else 0.0)

    def _lose(self) -> None:
        """The broker has answered; the client sees the connection end instead."""
        self._over = True
        self.reset_broker()
        self.down.end()
