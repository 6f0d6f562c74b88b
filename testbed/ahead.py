"""Prepares the next scenario while this one runs: its topics, and its consumer's start.

A consumer's start is mostly imports; side by side with a scenario that mostly waits it costs
nothing. Topics and groups are a scenario's own, so the two never meet.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from testbed.applies import BREAKS_BROKER, CLUSTER
from testbed.world import World

FIRST_STEP = "the scoring service is running"


class Ahead:
    """Worlds that were begun before their scenarios; each is handed out once."""

    def __init__(self, make: Callable[[object], World]):
        self._make = make
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._waiting: list = []
        self._begun: dict[int, Future[World]] = {}

    def plan(self, feature, config) -> None:
        """The scenarios of a feature that is about to run, in order, and no others."""
        self._waiting = [one for one in feature.walk_scenarios() if one.should_run(config)]

    def take(self, scenario) -> World:
        """The world of a scenario that begins; the next one's is begun."""
        begun = self._begun.pop(id(scenario), None)
        world = begun.result() if begun else self._make(scenario)
        self._prepare_after(scenario)
        return world

    def close(self) -> None:
        """End what was prepared and never used."""
        self._pool.shutdown(cancel_futures=True)
        for future in self._begun.values():
            if not future.cancelled() and not future.exception():
                future.result().close()

    def _prepare_after(self, scenario) -> None:
        if scenario not in self._waiting:
            return
        following = self._waiting[self._waiting.index(scenario) + 1 :]
        if following and _may_start(following[0]):
            self._begun[id(following[0])] = self._pool.submit(self._prepared, following[0])

    def _prepared(self, scenario) -> World:
        world = self._make(scenario)
        world.pipeline.start_consumers(1)
        return world


def _may_start(scenario) -> bool:
    """Whether it begins with a start, and nobody breaks its broker meanwhile."""
    steps = list(scenario.all_steps)
    starts = bool(steps) and steps[0].name == FIRST_STEP
    return starts and {BREAKS_BROKER, CLUSTER}.isdisjoint(scenario.effective_tags)
