"""Ends a scenario that goes on past its limit, whatever it waits for."""

import signal
import threading
import time

from testbed.errors import BenchError

AGAIN_S = 5.0  # a wait that takes the first for its own end is told once more


class ScenarioClock:
    """Runs while a step does. Where the system has no alarm, the runner watches the silence."""

    def __init__(self, limit_s: float):
        self._limit_s, self._end = limit_s, 0.0
        main = threading.current_thread() is threading.main_thread()
        self._rings = main and hasattr(signal, "setitimer")

    def begin(self) -> None:
        """A scenario begins."""
        self._end = time.monotonic() + self._limit_s

    def run(self) -> None:
        """A step begins: from now on ``BenchError`` is raised in it when the time is up."""
        if self._rings:
            signal.signal(signal.SIGALRM, self._on_alarm)
            left_s = self._end - time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, max(left_s, 0.001), AGAIN_S)

    def hold(self) -> None:
        """The step has ended: behave's own code is not interrupted."""
        if self._rings:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _on_alarm(self, number, frame) -> None:
        raise BenchError(
            f"Expected the scenario to end within {self._limit_s:g} s",
            "one of its steps goes on and on",
            next_step="See the consumer's log in reports/; raise timeout.scenario_s if it is slow",
        )
