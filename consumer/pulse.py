"""Whether the consumer is starting, ready, stuck, hung or stopping, as its own loop knows it."""

import time
from collections.abc import Callable

STARTING, READY, STUCK, HUNG, STOPPING = "starting", "ready", "stuck", "hung", "stopping"
STUCK_S = 3.0  # a healthy batch takes a fraction of a second
HUNG_S = 90.0  # no single call of a client takes longer than its own limit of a minute


class Pulse:
    """Written by the loop and its callbacks, read by the thread that answers operators."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        """``clock`` gives seconds."""
        self._clock, self._beat = clock, clock()
        self._running = self._member = self._stopping = False
        self._held_since: float | None = None  # work that was taken, and none finished since

    def beat(self) -> None:
        """The loop lives."""
        self._beat = self._clock()

    def runs(self) -> None:
        """The model is loaded, and records are taken."""
        self._running = True

    def stops(self) -> None:
        """A stop was asked for; nothing new is taken."""
        self._stopping = True

    def took(self) -> None:
        """Work is in hand."""
        if self._held_since is None:
            self._held_since = self._clock()

    def finished(self) -> None:
        """Some work was committed."""
        self._held_since = None

    def regrouped(self) -> None:
        """The group shared its work anew: what was in hand may be another member's now."""
        self._member, self._held_since = True, None

    @property
    def alive(self) -> bool:
        """Whether a restart would not help: the loop goes round."""
        return self.state != HUNG

    @property
    def ready(self) -> bool:
        """Whether events are scored."""
        return self.state == READY

    @property
    def state(self) -> str:
        """One of the five words."""
        now = self._clock()
        if not (self._running and self._member):
            return STARTING
        if now - self._beat > HUNG_S:
            return HUNG
        if self._stopping:
            return STOPPING
        held_since = self._held_since  # another thread may clear it between two looks
        return STUCK if held_since is not None and now - held_since > STUCK_S else READY
