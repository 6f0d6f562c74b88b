"""All connections between one client-side port and one broker, and what befalls them."""

import asyncio
import time
from collections.abc import Callable

from testbed.network.conditions import FAULTS, Condition
from testbed.network.link import Link
from testbed.network.triggers import Trigger, Triggers

CONNECT_WITHIN_S = 10.0  # to a broker on this machine; a frozen one takes connections too
Address = tuple[str, int]


class Network:
    """Passes everything on, unless told otherwise. ``note`` hears what it did, with facts."""

    def __init__(self, target: Address, note: Callable[..., None]):
        self.condition, self.triggers = Condition(), Triggers()
        self._target, self._note = target, note
        self._links: set[Link] = set()
        self._count = 0
        self._server: asyncio.Server | None = None
        self._connecting: set[asyncio.Task] = set()

    async def listen(self, address: Address) -> None:
        """Take connections; raises ``OSError`` where the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, *address)

    def begin(self, fault: str, **how) -> dict:
        """Let a fault begin; raises ``ValueError`` for an unknown one, or while one is on."""
        if type(self.condition) is not Condition:
            raise ValueError(f"the fault '{self._name}' is not healed yet")
        if fault not in FAULTS:
            raise ValueError(f"expected one of {', '.join(FAULTS)}, got {fault!r}")
        condition = FAULTS[fault](**how)
        self.condition, self._name = condition, fault
        condition.begin(tuple(self._links))
        self._note("begun", fault=fault)
        return condition.toll

    def heal(self) -> dict:
        """End the fault, if one is on, and disarm the triggers; what the fault has bitten."""
        self.triggers.disarm()
        former, self.condition = self.condition, Condition()
        former.end(tuple(self._links))
        if type(former) is not Condition:
            self._note("healed", fault=self._name, **former.toll)
        return former.toll

    def arm(self, **trigger) -> dict:
        """Arm a trigger on responses."""
        self.triggers.arm(Trigger(**trigger))
        return {}

    def state(self) -> dict:
        """How much the present fault has bitten so far, and how many connections there are."""
        return self.condition.toll | {"open": len(self._links)}

    def meet(self, key: int | None, link: Link) -> Trigger | None:
        """The trigger that fires for a response of ``link``, which begins now."""
        fired = self.triggers.meet(key)
        if fired:
            self._note("fired", trigger=fired.number, action=fired.action, link=link.number)
        return fired

    def hear(self, keys: set[int], names: list[str]) -> None:
        """Requests with these API keys begin; producers introduce themselves by these names."""
        self.condition.hear(keys)
        for name in names:
            self._note("introduced", name=name)

    def opened(self, link: Link) -> None:
        """A client has come."""
        self._links.add(link)
        self._note("opened", link=link.number)
        if self.condition.admits(link):
            link.up.source.pause_reading()
            task = asyncio.get_running_loop().create_task(self._connect(link))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    def closed(self, link: Link) -> None:
        """Nothing is left of a connection."""
        if link in self._links:
            self._links.discard(link)
            self._note("closed", link=link.number)

    def _accept(self) -> asyncio.Protocol:
        self._count += 1
        return Link(self, self._count).client

    async def _connect(self, link: Link) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                await loop.create_connection(lambda: link.broker, *self._target)
        except OSError:  # refused, or nobody took it in time
            link.reset()


def noted(tell: Callable[[dict], None]) -> Callable[..., None]:
    """A ``note`` that tells one dictionary, with its monotonic time in seconds."""
    return lambda what, **facts: tell({"what": what, "at": time.monotonic(), **facts})
