"""What befalls the service from outside while it works: the network, and the broker itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbed.traffic import Traffic
    from testbed.world.world import World

BRIEF_S = 2.0  # a switch that reboots: shorter than any session
DELAY_S = 0.1  # each way: a line to another continent
NARROW_BYTES_PER_S = 100_000.0  # a fifth of what the load brings along
SUFFER_S = 3.0  # of a slow network: many round trips


class Troubles:
    """Each begins when a part of the load is answered, and ends before the load does."""

    def __init__(self, world: World):
        self._world = world

    def break_connections(self, count: int, times: int) -> None:
        """Every connection is cut, again and again."""
        self._repeatedly(count, times, lambda _: self._world.network.cut())

    def silence(self, count: int) -> None:
        """Nothing gets through for a moment, and nobody is told."""
        self._repeatedly(count, 1, lambda _: self._world.network.blackhole(self._brief_s))

    def isolate(self, count: int) -> None:
        """Nothing gets through until the group has given the service up."""
        self._repeatedly(count, 1, self._until_given_up)

    def slow_down(self, count: int) -> None:
        """Every byte comes later."""
        self._repeatedly(count, 1, lambda _: self._world.network.slow_down(DELAY_S, SUFFER_S))

    def narrow(self, count: int) -> None:
        """Only some bytes a second get through."""
        narrow = self._world.network.narrow
        self._repeatedly(count, 1, lambda _: narrow(NARROW_BYTES_PER_S, SUFFER_S))

    def lose_answers(self, api: str, count: int, times: int) -> None:
        """The broker does what it is asked for, and its answer never arrives."""
        self._repeatedly(count, times, lambda _: self._world.network.lose_answer(api))

    def _repeatedly(self, count: int, times: int, trouble: Callable[[Traffic], None]) -> None:
        with self._world.service.traffic(count) as traffic:
            for turn in range(times):
                traffic.await_answers(share=(turn + 1) / (times + 2))
                trouble(traffic)
        self._world.service.revive()

    def _until_given_up(self, _traffic: Traffic) -> None:
        with self._world.network.fault("blackhole"):
            self._world.pipeline.await_empty_group()

    @property
    def _brief_s(self) -> float:
        return min(BRIEF_S, self._world.pipeline.session_timeout_s / 3)
