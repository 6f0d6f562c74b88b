"""What operators see of the service: its figures, and whether it is ready, alive or stuck."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from testbed import faults
from testbed.errors import NotReached
from testbed.history import PREDICTIONS, Outcome, Reading
from testbed.observers import metrics_page
from testbed.pipeline import LOOK_EVERY_S
from testbed.wait import until
from testbed.world.troubles import TOO_SMALL_BYTES, USUAL_BYTES

if TYPE_CHECKING:
    from testbed.fleet import Instance
    from testbed.world.world import World

# What misbehaving readers send before they stand still: nothing, half a question, nonsense.
HALF_SAID = (b"", b"GET /metrics HTTP/1.1\r\nHost: x\r\n", b"\x16\x03\x01\xff\x00", b"\r\n\r\n")
CONNECT_S = 0.1  # a page that is held up may not even take the connection
ALIVE, READY = "/livez", "/readyz"
Health = tuple[int, str]  # HTTP status and word


class Watching:
    """Asks every instance by HTTP, as an operator's tools do."""

    def __init__(self, world: World):
        self._world = world

    def read(self) -> None:
        """Wait until all is answered, and record what each instance shows then.

        A figure may follow what it counts by a moment, so it gets one.
        """
        pipeline, limits = self._world.pipeline, self._world.limits
        pipeline.await_outcomes("figures")
        seen = len(self._world.history.of(Outcome))

        def complete() -> bool:
            shown = [one.figures for one in self._pages() if one.figures]
            told = sum(sum(one.outcomes.values()) for one in shown)
            backlogs = {partition for one in shown for partition in one.lag}
            whole = told >= seen and len(backlogs) >= pipeline.partitions["input"]
            return not shown or (whole and not any(_unfinished(one) for one in shown))

        with suppress(NotReached):  # the promise tells which figure does not
            until(complete, within_s=limits.stalled_s, what="figures that agree",
                  every_s=LOOK_EVERY_S)  # fmt: skip
        for page in self._pages():
            self._world.history.append(page)

    def start_watched(self) -> None:
        """Start the service behind a cut line, and look at its health until it is ready.

        What it says must be true: it is alive before it can work, and ready only when the
        group has given it all partitions. The line is cut, for an unhindered start is too
        quick to be looked at on a busy machine.
        """
        pipeline = self._world.pipeline
        with self._world.network.fault("reset"):
            pipeline.start_consumers()
            self._expect_said(200, 503, "alive and not ready")
        self._expect_said(200, 200, "ready")
        self._expect_joined()
        pipeline.await_ready()

    def refuse_until_stuck(self, count: int) -> None:
        """The predictions topic refuses all messages until the service says that it is stuck."""
        world = self._world
        pipeline, topics = world.pipeline, world.bench.topics
        name, instance = pipeline.topics[PREDICTIONS], pipeline.fleet.instances[0]
        with faults.recorded(pipeline, "broker refuses results") as proof:
            topics.limit_size(name, TOO_SMALL_BYTES)
            try:
                pipeline.publish(world.sending.valid(count))
                self._expect(lambda: self._health(instance, READY) == (503, "stuck"),
                             world.limits.stalled_s, "the service to say that it is stuck",
                             lambda: self._health(instance, READY))  # fmt: skip
                proof["open_work"] = faults.open_work(pipeline.group.checkpoint("live"))
                alive = self._health(instance, ALIVE)
                assert alive[0] == 200, f"Expected it alive: a restart cures nothing, got {alive}"
            finally:
                topics.limit_size(name, USUAL_BYTES)

    def expect_ready(self) -> None:
        """It says that it is ready again, by itself."""
        instance = self._world.pipeline.fleet.instances[0]
        self._expect(lambda: self._health(instance, READY) == (200, "ready"),
                     self._world.limits.stalled_s, "the service to say that it is ready",
                     lambda: self._health(instance, READY))  # fmt: skip

    def pester(self, count: int, readers: int) -> None:
        """So many readers hold the metrics page up while the service works on a load."""
        port = int(self._world.pipeline.fleet.instances[0].values["metrics_port"])
        with self._world.service.traffic(count) as traffic, ExitStack() as held:
            for number in range(readers):
                held.enter_context(_reader(port, HALF_SAID[number % len(HALF_SAID)]))
            traffic.await_answers(share=0.8)

    def _pages(self) -> list[Reading]:
        return [self._page(one) for one in self._world.pipeline.fleet.running()]

    def _page(self, one: Instance) -> Reading:
        port, within_s = int(one.values["metrics_port"]), self._world.limits.admin_s
        return metrics_page.read(port, one.number, one.incarnation, within_s)

    def _health(self, instance: Instance, path: str) -> Health:
        """Status 0 where nobody answers."""
        port = int(instance.values["metrics_port"])
        try:
            answer = metrics_page.ask(port, path, self._world.limits.admin_s)
        except metrics_page.Unanswered as error:
            return 0, str(error)
        return answer.status_code, answer.text.strip()[:40]

    def _expect_said(self, alive: int, ready: int, what: str) -> None:
        def said() -> bool:
            self._world.pipeline.fleet.expect_running()
            return tuple(status for status, _ in self._said()) == (alive, ready)

        self._expect(said, self._world.limits.consumer_ready_s,
                     f"the service to say that it is {what}", self._said)  # fmt: skip

    def _said(self) -> tuple[Health, Health]:
        instance = self._world.pipeline.fleet.instances[0]
        return self._health(instance, ALIVE), self._health(instance, READY)

    def _expect_joined(self) -> None:
        group = self._world.pipeline.group.describe()
        owned = sum(len(member.partitions) for member in group.members)
        wanted = self._world.pipeline.partitions["input"]
        assert owned == wanted, (
            f"Expected the service to be ready when it owns all {wanted} partitions, "
            f"got ready with {owned}"
        )

    def _expect(self, condition, within_s: float, what: str, describe) -> None:
        """What the service does not do in time is its failure, and not the bench's."""
        try:
            until(condition, within_s=within_s, what=what, describe=describe, every_s=0.01)
        except NotReached as error:
            raise AssertionError(f"{error.what}; {error.cause}") from None


def _unfinished(figures) -> bool:
    return bool(figures.in_flight or any(figures.lag.values()))


@contextmanager
def _reader(port: int, says: bytes):
    """A connection that is never finished; the service may break it off at any time."""
    try:
        connection = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_S)
    except OSError:
        yield  # sent away already
        return
    with connection:
        with suppress(OSError):
            connection.sendall(says)
        yield
