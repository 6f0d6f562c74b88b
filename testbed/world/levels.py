"""How fast the service is: loads by a schedule, and what was measured."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from testbed import clients
from testbed.checker import levels
from testbed.pacing import publish_paced

if TYPE_CHECKING:
    from testbed.world.world import World

LEAST_EVENTS = 300


class Levels:
    """Measures; the promise judges, where there are limits."""

    def __init__(self, world: World):
        self._world = world

    def steady(self, count: int, rate_per_s: float) -> None:
        """So many events at this rate, or at half of what a slower service can take.

        It is warm by then: what it loads late is no part of its latency.
        """
        world = self._world
        rate_per_s = min(rate_per_s, world.service.warm_up() / 2)
        count = max(LEAST_EVENTS, min(count, world.bench.volume(count)))
        world.pipeline.reader.prompt = True
        producer = clients.producer(world.bench.handover, **{"linger.ms": 0})
        publish_paced(world.pipeline, producer, world.sending.valid(count), rate_per_s)
        world.pipeline.await_outcomes("paced")

    def figures(self) -> dict[str, float]:
        """What was measured, in a scenario about it; nothing elsewhere, and nothing endless."""
        case = levels.timed(self._world.history)
        told = levels.figures(case) if case else {}
        return {name: value for name, value in told.items() if isfinite(value)}
