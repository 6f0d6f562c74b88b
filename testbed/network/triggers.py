"""What is to happen to the n-th response of a kind, counted from when the trigger was armed."""

from dataclasses import dataclass

LOSE, SWALLOW, DELAY = "lose", "swallow", "delay"
ACTIONS = (LOSE, SWALLOW, DELAY)


@dataclass
class Trigger:
    """One response, and what becomes of it; the broker has done what it was asked in any case.

    ``lose``: it vanishes, and the connection is closed. ``swallow``: it vanishes, and the
    connection stays. ``delay``: it and all that follows it come ``by_s`` seconds later.
    """

    number: int
    api_key: int
    nth: int
    action: str
    by_s: float = 0.0


class Triggers:
    """Those that are armed. Each fires once."""

    def __init__(self):
        self._armed: list[Trigger] = []

    def arm(self, trigger: Trigger) -> None:
        """Count from now on."""
        self._armed.append(trigger)

    def disarm(self) -> None:
        """Forget those that have not fired."""
        self._armed.clear()

    def meet(self, api_key: int | None) -> Trigger | None:
        """Count one response; the trigger that fires for it, if any."""
        fired = None
        for trigger in self._armed:
            if trigger.api_key == api_key:
                trigger.nth -= 1
                if trigger.nth <= 0 and fired is None:
                    fired = trigger
        if fired:
            self._armed.remove(fired)
        return fired

    def __bool__(self) -> bool:
        return bool(self._armed)
