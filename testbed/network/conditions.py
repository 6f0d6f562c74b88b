"""How the network is at a time: clear, or with one fault that begins, bites, and is healed."""

import asyncio
from collections.abc import Collection

UP, DOWN = "up", "down"  # to the broker, from the broker
DIRECTIONS = {"both": (UP, DOWN), UP: (UP,), DOWN: (DOWN,)}
SLICE_S = 0.02  # a narrow line passes on about so much at a time,
SLICE = 512  # and never less than these bytes


class Condition:
    """The clear network, and the base of all faults.

    ``bytes`` and ``connections`` tell how much it has bitten.
    """

    def __init__(self):
        self.bytes = self.connections = 0

    def begin(self, links: Collection) -> None:
        """The fault comes over the connections that there are."""

    def end(self, links: Collection) -> None:
        """The fault is over; nothing of it is left."""

    def admits(self, link) -> bool:
        """Whether a new connection reaches the broker."""
        return True

    def hear(self, keys: set[int]) -> None:
        """Requests of these API keys come along; they are carried next."""

    def carry(self, link, pipe, data: bytes, after_s: float = 0.0) -> None:
        """Pass bytes on."""
        pipe.send(data, after_s)

    def hides_end(self, link, pipe) -> bool:
        """Whether the end of a connection remains unknown to the other side."""
        return False

    @property
    def toll(self) -> dict[str, int]:
        """What it has bitten."""
        return {"bytes": self.bytes, "connections": self.connections}


class _Tearing(Condition):
    """A fault that swallows: a connection that lost bytes cannot go on when it is healed."""

    def end(self, links: Collection) -> None:
        """Reset what is torn, as a network does that has forgotten a connection."""
        for link in [one for one in links if one.torn]:
            link.reset()

    def _swallow(self, link, data: bytes) -> None:
        link.torn = True
        self.bytes += len(data)


class Blackhole(_Tearing):
    """Bytes vanish, both ways or one way; nobody is told.

    With ``from_key`` it begins with the next request of that API key, which is lost.
    """

    def __init__(self, direction: str = "both", from_key: int | None = None):
        super().__init__()
        self._from_key, self._soon = from_key, DIRECTIONS[direction]
        self._dark = self._soon if from_key is None else ()

    def hear(self, keys: set[int]) -> None:
        """The request that it begins with may be among them."""
        if self._from_key in keys:
            self._dark, self._from_key = self._soon, None

    def admits(self, link) -> bool:
        """A new connection is taken, and hears nothing."""
        if self._dark != DIRECTIONS["both"]:
            return True
        link.torn = True
        self.connections += 1
        return False

    def carry(self, link, pipe, data: bytes, after_s: float = 0.0) -> None:
        """Swallow in the dark directions."""
        if pipe.direction in self._dark:
            self._swallow(link, data)
        else:
            pipe.send(data, after_s)

    def hides_end(self, link, pipe) -> bool:
        """An end is told in packets too."""
        link.torn = link.torn or pipe.direction in self._dark
        return pipe.direction in self._dark


class Reset(Condition):
    """Every connection is broken off; new ones too while it lasts."""

    def begin(self, links: Collection) -> None:
        """Break off."""
        for link in list(links):
            link.reset()
            self.connections += 1

    def admits(self, link) -> bool:
        """Break off the new one."""
        link.reset()
        self.connections += 1
        return False


class Latency(Condition):
    """All bytes come later, each way."""

    def __init__(self, delay_s: float):
        super().__init__()
        self._delay_s = delay_s

    def carry(self, link, pipe, data: bytes, after_s: float = 0.0) -> None:
        """Hold back for a while."""
        self.bytes += len(data)
        pipe.send(data, self._delay_s + after_s)

    def end(self, links: Collection) -> None:
        """Let go what is held back."""
        _hurry(links)


class Bandwidth(Condition):
    """So many bytes a second, each way, for all connections together."""

    def __init__(self, bytes_per_s: float):
        super().__init__()
        self._rate = bytes_per_s
        self._slice = max(SLICE, int(bytes_per_s * SLICE_S))
        self._free_at = {UP: 0.0, DOWN: 0.0}

    def carry(self, link, pipe, data: bytes, after_s: float = 0.0) -> None:
        """Pass on in slices, each when the line is free."""
        now = asyncio.get_running_loop().time()
        for at in range(0, len(data), self._slice):
            piece = data[at : at + self._slice]
            begin = max(now, self._free_at[pipe.direction])
            self._free_at[pipe.direction] = begin + len(piece) / self._rate
            self.bytes += len(piece) if begin > now else 0
            pipe.send(piece, self._free_at[pipe.direction] - now + after_s)

    def end(self, links: Collection) -> None:
        """Let go what is held back."""
        _hurry(links)


class HalfOpen(_Tearing):
    """The broker's side of every connection is gone, and the client is not told.

    New connections work; where there was no old one, that happens to the first that speaks.
    """

    def begin(self, links: Collection) -> None:
        """Break off towards the broker alone."""
        for link in links:
            self._break(link)

    def carry(self, link, pipe, data: bytes, after_s: float = 0.0) -> None:
        """Nobody is there any more to hear it."""
        if not self.connections and pipe.direction == UP:
            self._break(link)
        if link.torn:
            self._swallow(link, data)
        else:
            pipe.send(data, after_s)

    def hides_end(self, link, pipe) -> bool:
        """The client goes on believing."""
        return link.torn and pipe.direction == DOWN

    def _break(self, link) -> None:
        link.torn = True
        link.reset_broker()
        self.connections += 1


def _hurry(links: Collection) -> None:
    for link in links:
        link.up.hurry()
        link.down.hurry()


FAULTS = {
    "blackhole": Blackhole,
    "reset": Reset,
    "latency": Latency,
    "bandwidth": Bandwidth,
    "half-open": HalfOpen,
}
