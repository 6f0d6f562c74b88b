"""Steps 1 and 2 of a run: the broker, and the file that hands it to the workers."""

import json
from contextlib import suppress
from pathlib import Path

import msgspec

from testbed.brokers.protocol import Broker, Handover, HasLogs
from testbed.errors import BenchError, CannotStart, NotReached
from testbed.guardian import Guardian
from testbed.options import Options
from testbed.runner.console import Console

LOGS = {"redpanda": "redpanda.log", "kafka": "kafka.log"}


class RunBroker:
    """The broker of the run, from its choice to its end. ``path`` is the handover file."""

    def __init__(self, options: Options, folder: Path, guardian: Guardian, console: Console):
        self._options, self._folder, self._guardian = options, folder, guardian
        self._console = console
        self._broker: Broker | None = None
        self._waiting = False
        self.handover: Handover | None = None  # once it is ready
        self.path = folder / "handover.json"

    def start(self) -> None:
        """Choose, start, await, hand over. A failure is handed over too, then raised."""
        try:
            self.handover = self._start()
        except BenchError as error:
            self._hand_over({"error": str(error), "exit_code": error.exit_code})
            raise
        self._hand_over(msgspec.to_builtins(self.handover))

    def stop(self) -> None:
        """Save the broker's log and take down what the run started. May be called twice."""
        broker, self._broker = self._broker, None
        if broker is None:
            return
        try:
            if isinstance(broker, HasLogs):
                with suppress(BenchError, OSError):  # one that never ran has no log
                    kind = LOGS[broker.handover.kind]
                    broker.save_logs(self._options.reports / kind)
        finally:
            broker.stop()

    def _start(self) -> Handover:
        from testbed.brokers import choose  # the clients take a while to load

        self._console.info("STEP 1: Starting Kafka test environment...")
        self._broker = choose(self._options, self._folder, self._guardian, self._said)
        try:
            handover = self._broker.start()
        except NotReached as error:
            limit_s = self._options.limits.broker_ready_s
            raise CannotStart(
                f"Kafka broker failed to become ready within {limit_s:g}s",
                str(error),
                "The broker's log is in reports/; raise timeout.broker_ready_s on a slow machine",
            ) from error
        self._await(f"{handover.name or handover.kind} started")
        seconds = f" ({handover.ready_s:.1f} s)" if handover.ready_s is not None else ""
        self._console.success(f"Kafka broker is ready{seconds}")
        return handover

    def _said(self, line: str) -> None:
        """A line of the broker; the one that says "started" begins the waiting."""
        if line.endswith(" started"):
            self._await(line)
        else:
            self._console.info(line)

    def _await(self, line: str) -> None:
        if not self._waiting:
            self._waiting = True
            self._console.success(line)
            self._console.info("STEP 2: Waiting for broker to be ready...")

    def _hand_over(self, told: dict) -> None:
        partial = self.path.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(told), encoding="utf-8")
        partial.replace(self.path)
