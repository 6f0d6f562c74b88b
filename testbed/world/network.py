"""The network between the scoring service and the broker: asked for, broken, and healed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from testbed.errors import BenchError, NotReached
from testbed.faults import expect_alone, open_work
from testbed.history import Fault, Mark
from testbed.network.keys import API_KEYS
from testbed.network.proxy import Proxy
from testbed.pipeline import LOOK_EVERY_S
from testbed.wait import until

if TYPE_CHECKING:
    from testbed.world.world import World

# The checker takes a fault whose name begins so for one between consumer and broker.
PREFIX = "network"
DONE = {"lose": "lost", "swallow": "swallowed", "delay": "delayed"}


class Network:
    """One scenario's; its faults come one at a time, and each is proven to have bitten."""

    def __init__(self, world: World):
        self._world = world
        self._proxy: Proxy | None = None
        self._sick = ""  # why one could not be healed

    def open(self) -> None:
        """Have the service reach the broker by a network that can fail; before it is started.

        Raises ``BenchError`` where the service's address is settled already.
        """
        if "pipeline" in self._world.__dict__:
            raise BenchError("The network was asked for after the scenario had begun")
        pairs = [(one.advertised, one.bound) for one in self._world.bench.handover.proxied]
        self._proxy = Proxy.start(pairs)

    @property
    def servers(self) -> str:
        """Where the service is told to find the broker."""
        direct = self._world.bench.handover.bootstrap_servers
        return self._proxy.address if self._proxy else direct

    def blackhole(self, for_s: float, direction: str = "both") -> None:
        """Bytes vanish; ``direction``: ``both``, ``up`` (to the broker) or ``down``."""
        self._suffer("blackhole", for_s, direction=direction)

    def blackhole_from(self, api: str, for_s: float) -> None:
        """Bytes vanish from the next request of this name on, itself the first of them."""
        with self.fault("blackhole", from_key=API_KEYS[api]):
            self._await_bitten("blackhole", f"no {api} request came along")
            self._last(for_s)

    def cut(self, for_s: float = 0.0) -> None:
        """Break off all connections, and refuse new ones for so long, one at least."""
        with self.fault("reset", once_connected=True):
            self._last(for_s)

    def slow_down(self, delay_s: float, for_s: float) -> None:
        """Every byte comes so much later, each way."""
        self._suffer("latency", for_s, delay_s=delay_s)

    def narrow(self, bytes_per_s: float, for_s: float) -> None:
        """Only so much gets through, each way."""
        self._suffer("bandwidth", for_s, bytes_per_s=bytes_per_s)

    def half_open(self, for_s: float) -> None:
        """The broker's side of every connection goes, and the service is not told."""
        with self.fault("half-open", once_connected=True):
            self._last(for_s)

    def lose_answer(self, api: str, nth: int = 1) -> None:
        """Wait until the n-th answer from now was lost, the connection with it.

        ``api`` is a Kafka request's name, such as EndTxn; the broker has done what it asks for.
        """
        with self.answer(api, "lose", nth=nth):
            pass

    def swallow_answer(self, api: str, nth: int = 1) -> None:
        """The same, but the connection stays, and the service waits in vain."""
        with self.answer(api, "swallow", nth=nth):
            pass

    def delay_answer(self, api: str, by_s: float, nth: int = 1) -> None:
        """The same, but the answer and all that follows it come later."""
        with self.answer(api, "delay", nth=nth, by_s=by_s):
            pass

    @contextmanager
    def fault(self, name: str, *, once_connected: bool = False, **how) -> Iterator[None]:
        """A fault lasts while the body runs and until it has bitten; healed whatever happens.

        With ``once_connected`` it begins when there is a connection, if that comes to pass.
        Raises ``BenchError`` where it bit nothing, or while another fault is on.
        """
        with self._alone(name) as (proxy, begun):
            if once_connected:
                self._met(lambda: proxy.state()["open"])
            proxy.begin(name, **how)
            try:
                yield
                self._await_bitten(name, "no connection was open, and no byte came along")
            finally:
                toll = self._heal(proxy)
                self._record("end", name, fired=any(toll.values()), proof=begun | toll)

    @contextmanager
    def answer(self, api: str, action: str, *, nth: int = 1, by_s: float = 0.0) -> Iterator[None]:
        """The n-th answer to a kind of request is lost, swallowed or delayed.

        Counts from before the body; waits behind it until it happened, and until a delay is over.
        Raises ``BenchError`` where it does not, or while another fault is on.
        """
        name = f"{DONE.get(action, action)} {api} answer"
        with self._alone(name) as (proxy, begun):
            trigger = proxy.arm(api, action, nth=nth, by_s=by_s)
            try:
                yield
                self._await_fired(proxy, trigger, name)
                self._last(by_s)
            finally:
                self._heal(proxy)
                fired = proxy.fired(trigger)
                proof = begun | {"answers": int(fired is not None), "nth": nth}
                self._record("end", name, fired=fired is not None, proof=proof)

    @property
    def transactional_ids(self) -> list[str]:
        """Under which names the service works in transactions, as far as it was heard."""
        return self._required().transactional_ids

    def expect_sound(self) -> None:
        """Raise ``BenchError`` where the network itself broke: no verdict stands on that."""
        if self._proxy and not self._proxy.running:
            raise BenchError("The network proxy ended by itself", "", "See the run's output")
        if self._sick:
            raise BenchError("The network could not be healed", self._sick, "Run it again")
        if self._proxy:
            self._proxy.state()  # one that does not answer carries nothing either

    def close(self) -> None:
        """End it, with all its connections. May be called twice."""
        proxy, self._proxy = self._proxy, None
        if proxy:
            proxy.close()
            figures = Counter(note["what"] for note in proxy.notes)
            self._world.history.append(Mark(name=PREFIX, figures=dict(figures)))

    def _suffer(self, name: str, for_s: float, **how) -> None:
        with self.fault(name, **how):
            self._last(for_s)

    def _last(self, for_s: float) -> None:
        history = self._world.history
        begun = history.now()
        until(lambda: history.now() - begun >= for_s, within_s=for_s + 1,
              what="the fault to last", every_s=LOOK_EVERY_S)  # fmt: skip

    def _heal(self, proxy: Proxy) -> dict:
        try:
            return proxy.heal()
        except BenchError as error:
            self._sick = str(error)
            raise

    def _await_bitten(self, name: str, otherwise: str) -> None:
        if not self._met(self._bitten):
            raise BenchError(
                f"The fault '{PREFIX} {name}' bit nothing",
                otherwise,
                "Run it again with a larger load",
            )

    def _bitten(self) -> bool:
        toll = self._required().state()
        return bool(toll["bytes"] or toll["connections"])

    def _met(self, condition: Callable[[], object]) -> bool:
        """Whether it comes about while the service runs, if one was started."""
        fleet = self._world.pipeline.fleet

        def over() -> bool:
            return bool(condition()) or bool(fleet.instances and not fleet.running())

        with suppress(NotReached):
            until(over, within_s=self._world.limits.fault_bites_s,
                  what="a fault to bite", every_s=LOOK_EVERY_S)  # fmt: skip
        return bool(condition())

    @contextmanager
    def _alone(self, name: str) -> Iterator[tuple[Proxy, dict]]:
        proxy = self._required()
        expect_alone(self._world.history, f"{PREFIX} {name}")
        before = self._world.pipeline.group.checkpoint("live")
        self._record("begin", name)
        yield proxy, {"open_work": open_work(before)}

    def _required(self) -> Proxy:
        if self._proxy is None:
            raise BenchError("The scenario did not ask for a network that can fail")
        return self._proxy

    def _record(self, phase: str, name: str, **more) -> None:
        self._world.history.append(Fault(name=f"{PREFIX} {name}", phase=phase, **more))

    def _await_fired(self, proxy: Proxy, trigger: int, name: str) -> None:
        if not self._met(lambda: proxy.fired(trigger)):
            raise BenchError(
                f"The fault '{PREFIX} {name}' did not fire",
                "no such answer came along",
                "Run it again with a larger load",
            )
