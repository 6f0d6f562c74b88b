"""What befalls the service from outside while it works: the network, and the broker itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from testbed import faults
from testbed.errors import BenchError
from testbed.history import NAMESAKE, PREDICTIONS
from testbed.pipeline import LOOK_EVERY_S
from testbed.wait import until

if TYPE_CHECKING:
    from testbed.traffic import Traffic
    from testbed.world.world import World

BRIEF_S = 2.0  # a switch that reboots: shorter than any session
DELAY_S = 0.1  # each way: a line to another continent
NARROW_BYTES_PER_S = 100_000.0  # a fifth of what the load brings along
TOO_SMALL_BYTES = 160  # no prediction fits; a transaction's own markers just do
USUAL_BYTES = 1_048_588
SUFFER_S = 3.0  # of a slow network: many round trips
MOMENT_S = 0.02  # of refusals: one attempt fails, and the next one does not


class Troubles:
    """Each begins when a part of the load is answered, and ends before the load does."""

    def __init__(self, world: World):
        self._world = world
        self._sick = ""  # why the broker did not come back

    def expect_sound(self) -> None:
        """Raise ``BenchError`` where the broker is not what it was: no verdict stands on that."""
        if self._sick:
            raise BenchError("The broker could not be healed", self._sick, "See its log")

    def break_connections(self, count: int, times: int) -> None:
        """Every connection is cut, again and again."""
        self._repeatedly(count, times, lambda _: self._world.network.cut())

    def silence(self, count: int) -> None:
        """Nothing gets through for a moment, results on their way first, and nobody is told."""
        silence = self._world.network.blackhole_from
        self._repeatedly(count, 1, lambda _: silence("Produce", self._brief_s))

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

    def delay_answer(self, api: str, count: int, by_s: float) -> None:
        """The broker does what it is asked for, and its answer comes when nobody waits any more."""
        self._repeatedly(count, 1, lambda _: self._world.network.delay_answer(api, by_s))

    def usurp(self, count: int) -> bool:
        """Somebody else takes the names of the service's transactions; False where it has none."""
        self._repeatedly(count, 1, lambda _: self._taken_over())
        return bool(self._world.network.transactional_ids)

    def _taken_over(self) -> None:
        """Until the service is seen to go on, or to end over it."""
        pipeline, names = self._world.pipeline, self._world.network.transactional_ids
        if not names:
            if self._world.bench.options.is_reference:
                raise BenchError("The service's transactions were not heard to begin")
            return
        at_stake = faults.await_open_work(pipeline)
        with faults.recorded(pipeline, NAMESAKE) as proof:
            proof |= {"open_work": at_stake, "names": len(names)}
            self._world.transactions.take_over(names)
        limits = self._world.limits
        faults.goes_on(pipeline, pipeline.group.committed(), limits.fault_bites_s)

    def restart_broker(self, count: int) -> None:
        """An orderly restart, as for an upgrade."""
        self._of_broker("broker restart", count, lambda broker: broker.restart())

    def crash_broker(self, count: int) -> None:
        """SIGKILL, and a start on the data that is left."""
        self._of_broker("broker crash", count, lambda broker: broker.restart(clean=False))

    def freeze_broker(self, count: int) -> None:
        """The broker stands still for a moment, and takes no notice of it."""
        self._of_broker("broker freeze", count, self._freeze)

    def refuse_results(self, count: int) -> None:
        """The predictions topic refuses every message for a while."""
        self._of_broker("broker refuses results", count, lambda _: self._refuse(SUFFER_S))
        self._sure_of_sending()

    def refuse_results_briefly(self, count: int, times: int) -> None:
        """The same again and again, each time so short that hardly more than one attempt fails.

        No more often where the service does not go on: that, too, is found once.
        """
        pipeline = self._world.pipeline

        def refuse(_traffic: Traffic) -> bool:
            self._on_broker("broker refuses results", lambda _: self._refuse(MOMENT_S))
            moves = faults.goes_on(pipeline, pipeline.group.committed(), pipeline.limits.stalled_s)
            self._world.service.revive()
            return moves

        self._repeatedly(count, times, refuse)
        self._sure_of_sending()

    def refuse_the_first_results(self, count: int) -> None:
        """The same before anything counts as done; as many events come behind it."""
        pipeline, sending, service = self._world.pipeline, self._world.sending, self._world.service
        with faults.recorded(pipeline, "broker refuses results") as proof, self._refusing():
            pipeline.publish(sending.load(count), phase="load")
            proof["open_work"] = faults.await_open_work(pipeline)
            self.last(SUFFER_S)
        service.revive()
        done = pipeline.group.committed()
        pipeline.publish(sending.load(count), phase="load")
        faults.goes_on(pipeline, done, pipeline.limits.stalled_s)
        self._sure_of_sending()

    def _refuse(self, for_s: float) -> None:
        with self._refusing():
            self.last(for_s)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        topics, name = self._world.bench.topics, self._world.pipeline.topics[PREDICTIONS]
        topics.limit_size(name, TOO_SMALL_BYTES)
        try:
            yield
        finally:
            topics.limit_size(name, USUAL_BYTES)

    def _sure_of_sending(self) -> None:
        """Some clients never send again after such an answer."""
        if not self._world.bench.options.is_reference:
            self._world.service.restart()

    def _of_broker(self, name: str, count: int, trouble: Callable) -> None:
        self._repeatedly(count, 1, lambda _traffic: self._on_broker(name, trouble))

    def _on_broker(self, name: str, trouble: Callable) -> None:
        bench, pipeline = self._world.bench, self._world.pipeline
        at_stake = faults.await_open_work(pipeline)
        with faults.recorded(pipeline, name) as proof:
            proof["open_work"] = at_stake
            with pipeline.group.away(), self._healed():
                trouble(bench.broker)

    @contextmanager
    def _healed(self) -> Iterator[None]:
        try:
            yield
        except BenchError as error:
            self._sick = str(error)
            raise

    def _freeze(self, broker) -> None:
        broker.pause()
        try:
            self.last(self._brief_s)
        finally:
            broker.resume()

    def last(self, for_s: float) -> None:
        """Let what is wrong be wrong for so long."""
        history = self._world.history
        begun = history.now()
        until(lambda: history.now() - begun >= for_s, within_s=for_s + 1,
              what="the fault to last", every_s=LOOK_EVERY_S)  # fmt: skip

    def _repeatedly(
        self, count: int, times: int, trouble: Callable[[Traffic], bool | None]
    ) -> None:
        """Once for each share of a load; no more where ``trouble`` says False."""
        with self._world.service.traffic(count) as traffic:
            for turn in range(times):
                traffic.await_answers(share=(turn + 1) / (times + 2))
                if trouble(traffic) is False:
                    break
        self._world.service.revive()

    def _until_given_up(self, _traffic: Traffic) -> None:
        with self._world.network.fault("blackhole"):
            self._world.pipeline.await_empty_group()

    @property
    def _brief_s(self) -> float:
        return min(BRIEF_S, self._world.pipeline.session_timeout_s / 3)
