"""Apache Kafka as the embedded broker: one JVM on this machine, data in memory, gone after."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

from testbed.brokers import aot, jars, kept, ports, settings, storage
from testbed.brokers.ended import Ended
from testbed.brokers.guard import Guard
from testbed.brokers.installation import Installation
from testbed.brokers.node import Node
from testbed.brokers.protocol import Handover, ProxiedListener
from testbed.brokers.running import RunningKafka, await_ready
from testbed.brokers.training import WRITTEN_WITHIN_S, Training
from testbed.errors import BenchError, CannotStart
from testbed.options import Options

ATTEMPTS = 3  # a port lost to another run, a corrupt cache; more is no accident
SLOTS = 4  # consumers behind a proxy of their own at the same time, over all workers
TRAINING_GRACE_S = 5.0  # at the end of a run that was shorter than the training
BIND_FAILED, DISK_FULL = ("Address already in use", "BindException"), "No space left on device"


class KafkaBroker(RunningKafka):
    """The embedded broker of a run, which starts it and stops it.

    ``folder`` is the run's own; ``why`` says in words how this broker came to be chosen;
    ``guard`` has ways in beside the open one.
    """

    def __init__(
        self, options: Options, folder: Path, guardian, say, *, why: str = "",
        guard: Guard | None = None,
    ):  # fmt: skip
        super().__init__(Node(folder / "kafka"), options.limits)
        self._options, self._guardian, self._say, self._why = options, guardian, say, why
        self._folder, self._outlives, self.guard = folder, options.keep, guard
        self._installation: Installation | None = None
        self._data: Path | None = None
        self._training: Training | None = None
        self._proxied: tuple[tuple[str, str], ...] = ()
        self._claim = None  # the lock on a kept broker that this run uses

    def start(self) -> Handover:
        """Start it, or reuse a kept one, and wait until it serves metadata and groups.

        Raises ``CannotStart`` with cause and next step, leaving nothing running.
        """
        if self.guard is None and self._reuse():  # a kept one has no guarded ways in
            return self.handover
        began = time.monotonic()
        try:
            self._installation = Installation.find(self._options.java, self._say)
            if self._options.keep:
                self._node = Node(kept.new_folder())
            port = self._start_mended()
        except BaseException:
            with suppress(BenchError):  # one that never ran has no log
                self.save_logs(self._options.reports / self._node.log.name)
            self._take_down()
            raise
        self._hand_over(port, owned=True, ready_s=round(time.monotonic() - began, 3))
        self._after_start(port)
        return self.handover

    def stop(self) -> None:
        """Take it down, unless it was found running or is to be kept."""
        self._end_training()
        if self._claim:
            self._claim.release()
            self._claim = None
            return
        process = self._node.process()
        if self._options.keep and process:
            servers = self.handover.bootstrap_servers
            self._say(f"{self._name} is kept on {servers}; to end it: kill {process.pid}")
        else:
            self._take_down()

    def await_training(self) -> float:
        """Wait for the start-up cache that a first start trains; seconds waited."""
        began = time.monotonic()
        if self._training:
            self._training.wait(WRITTEN_WITHIN_S)
        return time.monotonic() - began

    @property
    def _name(self) -> str:
        return f"Apache Kafka {jars.kafka_version()} (embedded)"

    def _reuse(self) -> bool:
        found = kept.find(self._options.port)
        if found is None:
            return False
        old, claim = found
        try:
            await_ready(old.node, f"{settings.HOST}:{old.port}", self._limits.admin_s)
        except BenchError:
            claim.release()
            self._say("A kept embedded broker does not answer; starting another one")
            return False
        self._node, self._claim, self._outlives = old.node, claim, True
        self._proxied = old.proxied
        self._hand_over(old.port, owned=False)
        servers = self.handover.bootstrap_servers
        self._say(f"Reusing the running {self._name} on {servers}; it is left running")
        return True

    def _start_mended(self) -> int:
        """Start it; where it ends by itself, mend what may be the cause and try again."""
        for left in reversed(range(ATTEMPTS)):
            try:
                return self._start_once()
            except Ended as ended:
                self._remove_data()
                if not left:
                    raise
                self._mend(ended)
        raise AssertionError("unreachable")

    def _start_once(self) -> int:
        if self._options.port:
            ports.refuse_taken(self._options.port)
        guarded = self.guard.count if self.guard else 0
        port, controller, *others = ports.steady(2 + 2 * SLOTS + guarded)
        port = self._options.port or port
        self._folder.mkdir(parents=True, exist_ok=True)
        self._data = storage.new_data_folder(self._folder)
        if not self._outlives:
            self._guardian.protect_folder(self._data)
        options = aot.options(self._installation.java)
        pair = (port, controller)
        marks = {"token": self._guardian.token, "outlives": self._outlives}
        proxied = settings.proxied(others[:SLOTS], others[SLOTS : 2 * SLOTS])
        self._proxied = tuple((one.advertised, one.address) for one in proxied)
        more = {} if self._options.is_reference else settings.JOINED_SOFTLY
        if self.guard:
            proxied += self.guard.listeners(others[2 * SLOTS :])
            more = more | self.guard.properties()
        self._installation.define(
            self._node, self._data, pair, options, proxied=proxied, more=more, **marks
        )
        self._protect(self._node.launch())
        self._say(f"{self._name} started")
        await_ready(self._node, f"{settings.HOST}:{port}", self._limits.broker_ready_s)
        return port

    def _mend(self, ended: Ended) -> None:
        """Do what may cure an end at start; raises ``CannotStart`` where nothing can."""
        if DISK_FULL in ended.log:
            next_step = "Free some space, or set TMPDIR to a folder on a disk that has it"
            raise CannotStart("No disk space for the embedded broker", ended.cause, next_step)
        if any(words in ended.log for words in BIND_FAILED):
            return  # other ports will do; a fixed one is refused with its listener's name
        self._say("The embedded broker ended at its start; checking what is kept for it…")
        aot.drop(self._installation.java)
        storage.drop_formatted()
        self._installation.refetch_corrupt(self._say)

    def _hand_over(self, port: int, *, owned: bool, ready_s: float | None = None) -> None:
        process = self._node.process()
        self._handover = Handover(
            kind="kafka",
            bootstrap_servers=f"{settings.HOST}:{port}",
            name=self._name,
            why=self._why,
            owned=owned,
            log_path=str(self._node.log.resolve()),
            pid=process.pid if process else None,
            ready_s=ready_s,
            proxied=tuple(ProxiedListener(*pair) for pair in self._proxied),
        )

    def _after_start(self, port: int) -> None:
        java = self._installation.java
        if aot.was_refused(self._node.log):
            self._say("The start-up cache does not fit this machine any more; making it anew")
            aot.drop(java)
        if self._options.keep:
            own, data = str(self._node.folder), str(self._data)
            kept.remember(kept.Kept(own, data, port, jars.kafka_version(), self._proxied))
        folder = self._folder / "training"
        self._training = Training.begin(self._installation, folder, self._guardian)
        if self._training:
            self._say("Training the start-up cache in the background (once)…")

    def _end_training(self) -> None:
        training, self._training = self._training, None
        if training and training.running:
            self._say("Finishing the start-up cache (once)…")
            training.wait(TRAINING_GRACE_S)
            training.cancel()

    def _protect(self, pid: int) -> None:
        if not self._outlives:
            self._guardian.protect_group(pid)

    def _take_down(self) -> None:
        process = self._node.process()
        self._node.kill()
        if process and not self._outlives:
            self._guardian.release("group", process.pid)
        self._remove_data()
        if self._outlives:
            shutil.rmtree(self._node.folder, ignore_errors=True)

    def _remove_data(self) -> None:
        data, self._data = self._data, None
        if data:
            shutil.rmtree(data, ignore_errors=True)
            if not self._outlives:
                self._guardian.release("folder", data)
