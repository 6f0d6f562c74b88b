"""The scoring service in operation: started, stopped, restarted, killed under load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from testbed import faults, freezes, models
from testbed.checker.promises.poison import BAD_LOT, GOOD_LOT
from testbed.errors import CannotStart
from testbed.history import INPUT, Outcome
from testbed.pipeline import BEHIND, SENTINEL
from testbed.traffic import Traffic

if TYPE_CHECKING:
    from testbed.world.world import World

PROTOCOLS = {
    "eager": {"partition.assignment.strategy": "range"},
    "cooperative": {"partition.assignment.strategy": "cooperative-sticky"},
    "consumer": {"group.protocol": "consumer"},
}
WARM_UP = 6  # events: a load begins when the service really works, its model loaded
PROBES = (200, 1000, 5000)  # events: a slow consumer needs seconds for the first already
NEWLY_PLACED = 20  # events on each new partition: their place is as good as any other
PROBE_S = 4.0  # a larger probe may take: in a small one, the time until the first answer weighs
TRIES = 2  # scenarios that may find the consumer not ready before the others stop trying


class Service:
    """What an operator does to the service, in the words of the scenarios."""

    def __init__(self, world: World):
        self._world = world

    def start(self, count: int = 1, *, narrow: bool = False) -> None:
        """Start so many instances and wait until their group owns every partition."""
        faults.expect_connected(self._world.history, "the start of the service")
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
        faults.expect_connected(self._world.history, "the stop of the service")
        self._world.pipeline.stop_consumers()

    def restart(self) -> None:
        """Stop it and start it again, as an operator does who wants to be sure."""
        self.stop()
        self.start()

    def revive(self) -> None:
        """Start again what gave up by itself, as whatever supervises it would."""
        if not self._world.pipeline.fleet.running():
            self.start()

    def answer(self, valid: int, *, invalid: int = 0) -> None:
        """Publish so many events and wait until they are answered and count as done."""
        sending, pipeline = self._world.sending, self._world.pipeline
        pipeline.publish(sending.valid(valid) + sending.invalid(invalid), phase="before")
        pipeline.await_outcomes("before")

    def answer_in_lots(self, valid: int, invalid: int) -> None:
        """A lot of good events alone, then one of bad ones: each is answered before the next."""
        sending, pipeline = self._world.sending, self._world.pipeline
        self.warm_up()
        lots = {GOOD_LOT: sending.valid(valid), BAD_LOT: sending.invalid(invalid)}
        for phase, drafts in lots.items():
            pipeline.publish(drafts, phase=phase)
            pipeline.await_outcomes(phase)

    def restart_idle(self) -> None:
        """Restart on a topic that is done to the end, with a sentinel as proof of life."""
        pipeline = self._world.pipeline
        pipeline.stop_consumers()
        pipeline.read_all()
        pipeline.mark("idle restart begin")
        self.start()
        # Proof of life: once this is answered, whatever the restart would repeat is out too.
        pipeline.publish(self._world.sending.sentinels(), phase=SENTINEL)
        pipeline.await_outcomes(SENTINEL)
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
        with self.traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            with faults.under_load(self._world.pipeline, "stop", traffic):
                self._world.pipeline.stop_consumers()

    def kill_under_load(self, count: int, moment: str = "at once") -> None:
        """Kill the service in the middle of a load, and publish the rest of it."""
        with self.traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            faults.kill(self._world.pipeline, 0, moment)

    def hold_under_load(self, count: int, times: int) -> None:
        """Freeze the service for some milliseconds again and again, and look at the broker."""
        with self.traffic(count) as traffic:
            for turn in range(times):
                traffic.await_answers(share=(turn + 1) / (times + 2))
                faults.look_frozen(self._world.pipeline, 0)

    def kill_repeatedly(self, count: int, times: int) -> None:
        """A crash loop in a load: killed at work, then each time as soon as it is back."""
        pipeline = self._world.pipeline
        with self.traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            faults.kill(pipeline, 0)
            for _ in range(times - 1):
                pipeline.start_consumers()
                faults.kill_again(pipeline, 0)
            self.start()

    def stop_repeatedly(self, count: int, times: int) -> None:
        """Stop and restart in a load."""
        with self.traffic(count) as traffic:
            for turn in range(times):
                traffic.await_answers(share=(turn + 1) / (times + 2))
                with faults.under_load(self._world.pipeline, "stop and start", traffic):
                    self.restart()

    def grow_input(self, count: int, more: int) -> None:
        """The input topic gets more partitions in a load, with events on them before a restart.

        Clients look for new partitions every few minutes only, and all at their start.
        """
        pipeline, topics = self._world.pipeline, self._world.bench.topics
        first = pipeline.partitions[INPUT]
        with self.traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            with faults.under_load(pipeline, "more partitions", traffic):
                topics.grow(pipeline.topics[INPUT], first + more)
                pipeline.grow(first + more)
                for partition in range(first, first + more):
                    self._world.sending.on(partition, NEWLY_PLACED)
                self.restart()

    def scale_under_load(self, count: int, *sizes: int) -> None:
        """Grow or shrink to each size in turn; the last instances go first."""
        pipeline = self._world.pipeline
        with self.traffic(count) as traffic:
            for turn, size in enumerate(sizes):
                traffic.await_answers(share=(turn + 1) / (len(sizes) + 2))
                with faults.under_load(pipeline, f"resize to {size}", traffic):
                    self._resize(size)
        pipeline.await_outcomes("load")

    def flap_under_load(self, count: int, times: int) -> None:
        """A second instance comes and goes."""
        self.scale_under_load(count, *(2, 1) * times)

    def kill_one_under_load(self, count: int) -> None:
        """Kill the first instance; the others have to take over its work."""
        with self.traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            faults.kill(self._world.pipeline, 0)

    def freeze_briefly(self, count: int) -> None:
        """Freeze the first instance for less than its session."""
        with self.traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            freezes.freeze_briefly(self._world.pipeline, 0)

    def freeze_until_replaced(self, count: int) -> None:
        """Freeze two instances until the group has given their work to the third."""
        with self.traffic(count) as traffic:
            traffic.await_answers(share=0.3)
            freezes.freeze_until_replaced(self._world.pipeline, traffic)
            self._one_after_the_other()
            traffic.go_on()

    def _one_after_the_other(self) -> None:
        """An event on each partition in turn, with a look at the commits behind each.

        What a member had held back over the fault it does with its next event at the latest, and
        a commit that goes back shows until others' next commit.
        """
        pipeline = self._world.pipeline
        freezes.await_a_commit(pipeline)
        pipeline.group.checkpoint("in turn")
        for draft in self._world.sending.sentinels():
            pipeline.publish([draft], phase=BEHIND)
            freezes.await_all_done(pipeline)
            pipeline.group.checkpoint("in turn")

    def share_by(self, protocol: str) -> None:
        """Have the group share its work by another protocol, through the client properties."""
        self._world.client_properties = PROTOCOLS[protocol]

    def pace(self) -> None:
        """Measure once per run how fast the service is, and stop it: slow is not wrong."""
        self.start()
        self._measure()
        self.stop()

    def _measure(self) -> None:
        """One that is quick with few events is measured again with more of them.

        The very first answers do not count: they wait for what a service loads late.
        """
        bench = self._world.bench
        self._probe(WARM_UP)
        for count in PROBES:
            if bench.rate_per_s is None or count < bench.rate_per_s * PROBE_S:
                bench.rate_per_s = self._probe(count)

    def _probe(self, count: int) -> float:
        pipeline, history = self._world.pipeline, self._world.history
        events = self._world.sending.valid(count)
        begun = history.now()
        pipeline.publish(events, phase="pace", keep_values=False)
        pipeline.await_outcomes("pace")
        last = max((one.at for one in history.of(Outcome)), default=history.now())
        return round(count / max(last - begun, 0.001), 1)

    def _resize(self, size: int) -> None:
        pipeline = self._world.pipeline
        for instance in reversed(pipeline.fleet.running()):
            if instance.number >= size:
                pipeline.fleet.stop(instance.number)
        self.start(size)

    def traffic(self, count: int) -> Traffic:
        """A load of so many events, fewer for a slow service; its pace is measured first."""
        world = self._world
        self.warm_up()
        return Traffic(world.pipeline, world.sending.load(2 * world.bench.volume(count)))

    def warm_up(self) -> float:
        """Have it answer something, and give its pace in events/s, measured once per run."""
        bench = self._world.bench
        if bench.rate_per_s is None:
            self._measure()
        else:
            self._probe(WARM_UP)
        return bench.rate_per_s
