"""What can be done to an embedded broker that runs, from any process of the run."""

import shutil
from collections.abc import Callable
from pathlib import Path

from testbed.brokers import ports, registration, settings
from testbed.brokers.ended import TAIL, Ended
from testbed.brokers.node import LOG, Node
from testbed.brokers.protocol import Handover
from testbed.brokers.readiness import Readiness
from testbed.errors import BenchError, CannotStart, NotReached
from testbed.limits import Limits
from testbed.wait import until

STRIKE_S = 2.0  # one request to a controller that may still be starting


class RunningKafka:
    """Freeze, kill and restart; the data folder and the port stay the same throughout."""

    def __init__(self, node: Node, limits: Limits, handover: Handover | None = None):
        self._node, self._limits, self._handover = node, limits, handover

    @property
    def handover(self) -> Handover:
        """How to reach it; raises ``BenchError`` before ``start``."""
        if self._handover is None:
            raise BenchError("The broker has not been started")
        return self._handover

    def pause(self) -> None:
        """Freeze the broker's process."""
        self._node.suspend()

    def resume(self) -> None:
        """Let it run again."""
        self._node.resume()

    def kill(self) -> None:
        """SIGKILL; what is in the data folder stays."""
        self._node.kill()

    def restart(self, *, clean: bool = True) -> None:
        """Stop in order, or kill, what still runs; start it again and wait until it is ready.

        Its former life is ended in between, see ``_strike``; that takes a second or two.
        Raises ``CannotStart`` where it does not come back.
        """
        if clean and self._node.running:
            self._node.resume()  # a frozen process hears no signal
            self._node.terminate()
        else:
            self._node.kill()
        self._strike()
        self._protect(self._node.launch())
        await_ready(self._node, self.handover.bootstrap_servers, self._limits.broker_ready_s)

    def save_logs(self, target: Path) -> None:
        """Copy what the broker said to ``target``; raises ``BenchError`` where that fails."""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._node.log, target)
        except OSError as error:
            raise BenchError(
                f"The broker's log could not be saved to {target}", str(error)
            ) from error

    def _strike(self) -> None:
        """Have the controller, run alone for this, strike the broker off before it comes back.

        A node that finds itself in service leads its partitions and its transactions while it
        is not reachable for itself, and is then refused until its old session has ended. Then
        Kafka takes the partitions for deleted and skips the markers of what was decided just
        before: its messages would become valid, or not, with the producer's next transaction.
        """
        controller = settings.controller_of(self._node.folder / settings.FILE)
        address = settings.HOST, controller.port
        self._protect(self._node.launch(*settings.alone(controller)))
        try:
            await_answer(
                self._node,
                controller.port,
                lambda: registration.strike(address, settings.NODE_ID, STRIKE_S),
                self._limits.broker_ready_s,
            )
        finally:
            self._node.kill()  # what it has answered is written

    def _protect(self, pid: int) -> None:
        """A process started by one of several of a run ends with the run, by its token."""


class AttachedKafka(RunningKafka):
    """The embedded broker that another process of the run has started, and will stop."""

    def __init__(self, handover: Handover, limits: Limits | None = None):
        node = Node(Path(handover.log_path).parent)
        if Path(handover.log_path).name != LOG or not node.running:
            raise CannotStart(f"The embedded broker at {handover.bootstrap_servers} is gone")
        super().__init__(node, limits or Limits(), handover)

    def start(self) -> Handover:
        """It runs already."""
        return self.handover

    def stop(self) -> None:
        """Its owner stops it."""


def await_ready(node: Node, bootstrap_servers: str, within_s: float) -> None:
    """Wait until the broker serves metadata and groups; raises as ``await_answer``."""
    port = int(bootstrap_servers.rpartition(":")[2])
    await_answer(node, port, Readiness(bootstrap_servers), within_s)


def await_answer(node: Node, port: int, answers: Callable[[], bool], within_s: float) -> None:
    """Wait until somebody listens on ``port``, and ``answers``.

    Raises ``Ended`` if the node's process ends, and ``CannotStart`` with the end of its log if
    there is no answer within ``within_s``.
    """

    def ready() -> bool:
        # A client that asks too early notices only a second later that it could connect.
        if ports.is_taken(port) and answers():
            return True
        if not node.running:
            node.kill()  # collects the child that ended
            raise Ended("The embedded broker ended by itself", node.last_words())
        return False

    try:
        until(ready, within_s=within_s, what="the broker to answer", every_s=0.005)
    except NotReached as error:
        raise CannotStart(
            f"Kafka broker failed to become ready within {within_s:g}s",
            f"its last words:\n{node.last_words()[-TAIL:]}",
            "See kafka.log in reports/; raise timeout.broker_ready_s on a slow machine",
        ) from error
