"""Ctrl-C, SIGTERM and a closed terminal: once stops in order, twice stops at once."""

import os
import signal
import threading

WATCHED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interrupted(BaseException):
    """Somebody asked the run to stop. No ``Exception``, so that nothing swallows it."""

    def __init__(self, number: int):
        self.number = number
        self.exit_code = 128 + number
        super().__init__(signal.Signals(number).name)


class Interrupts:
    """While entered, the first signal raises ``Interrupted`` in the main thread.

    The second ends the process where it stands; its guardian cleans up behind it.
    """

    def __init__(self):
        self._before = {}
        self._first: int | None = None

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            for name in WATCHED:
                if hasattr(signal, name):
                    number = getattr(signal, name)
                    self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number, frame) -> None:
        if self._first is not None:
            os._exit(128 + number)
        self._first = number
        raise Interrupted(number)
