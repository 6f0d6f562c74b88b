"""A stop that was asked for by a signal; imports next to nothing, to be ready first."""

import signal
import time

SIGNALS = ("SIGTERM", "SIGINT", "SIGBREAK")  # the last one is Windows' CTRL_BREAK
GRACE_S = 10.0  # work in flight may take that long once a stop was asked for


class Stop:
    """Whether and since when a stop is asked for."""

    def __init__(self):
        self._since: float | None = None

    def listen(self) -> None:
        """Let the signals of a service manager ask for it."""
        for name in SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self.ask)

    def ignore(self) -> None:
        """Let no signal change an exit code that is decided.

        The interpreter gives signals their own deadly meaning back while it ends.
        """
        for name in SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)

    def ask(self, *_signal) -> None:
        """Ask for it; asking twice changes nothing."""
        if self._since is None:
            self._since = time.monotonic()

    @property
    def asked(self) -> bool:
        """Finish what is in flight and stop."""
        return self._since is not None

    @property
    def overdue(self) -> bool:
        """What is in flight had its time: give it up, uncommitted."""
        return self._since is not None and time.monotonic() - self._since > GRACE_S
