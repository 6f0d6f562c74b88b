"""The scoring service in operation: started, stopped, restarted, killed under load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from testbed import models
from testbed.errors import CannotStart
from testbed.faults import kill_instance
from testbed.traffic import Traffic

if TYPE_CHECKING:
    from testbed.world.world import World

TRIES = 2  # scenarios that may find the consumer not ready before the others stop trying


class Service:
    """What an operator does to the service, in the words of the scenarios."""

    def __init__(self, world: World):
        self._world = world

    def start(self, count: int = 1, *, narrow: bool = False) -> None:
        """Start so many instances and wait until their group owns every partition."""
        bench = self._world.bench
        if bench.not_ready >= TRIES:
            raise CannotStart(
                "The consumer was not tried again",
                f"it never became ready in {TRIES} scenarios before this one",
                "See the first of them",
            )
        if narrow:
            self._world.files = models.narrow(bench.models)
        self._world.pipeline.start_consumers(count)
        bench.not_ready += 1
        self._world.pipeline.await_ready()
        bench.not_ready = 0

    def stop(self) -> None:
        """Ask every instance to stop, and wait."""
        self._world.pipeline.stop_consumers()

    def answer(self, valid: int, *, invalid: int = 0) -> None:
        """Publish so many events and wait until they are answered and count as done."""
        sending, pipeline = self._world.sending, self._world.pipeline
        pipeline.publish(sending.valid(valid) + sending.invalid(invalid), phase="before")
        pipeline.await_outcomes("before")

    def restart_idle(self) -> None:
        """Restart on a topic that is done to the end, with a sentinel as proof of life."""
        pipeline = self._world.pipeline
        pipeline.stop_consumers()
        pipeline.read_all()
        pipeline.mark("idle restart begin")
        self.start()
        # Proof of life: once this is answered, whatever the restart would repeat is out too.
        pipeline.publish(self._world.sending.sentinels(), phase="sentinel")
        pipeline.await_outcomes("sentinel")
        pipeline.mark("idle restart end")

    def take(self, count: int) -> None:
        """Let the reference take exactly so many events and end by itself."""
        pipeline = self._world.pipeline
        pipeline.start_consumers(extra=("--max-messages", str(count)))
        pipeline.fleet.await_exit(0, self._world.limits.outcomes_s)
        pipeline.look("stopped")
        pipeline.read_all()

    def stop_under_load(self, count: int) -> None:
        """Ask the service to stop in the middle of a load, and publish the rest of it."""
        with self._traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            self._world.pipeline.stop_consumers()

    def kill_under_load(self, count: int) -> None:
        """Kill the service in the middle of a load, and publish the rest of it."""
        with self._traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            kill_instance(self._world.pipeline, 0)

    def _traffic(self, count: int) -> Traffic:
        world = self._world
        return Traffic(world.pipeline, world.sending.load(world.bench.volume(count)))
