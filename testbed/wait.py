"""The one poll loop. Nothing else in the project sleeps."""

import time
from collections.abc import Callable
from typing import TypeVar

from testbed import tracing
from testbed.errors import NotReached

T = TypeVar("T")


def until(
    condition: Callable[[], T],
    *,
    within_s: float,
    what: str,
    describe: Callable[[], object] = lambda: "",
    every_s: float = 0.01,
    next_step: str = "",
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> T:
    """Call ``condition`` until its result is truthy, and return that result.

    ``describe`` is called only on failure, so it tells the last state and not the first.
    Raises ``NotReached`` after ``within_s`` seconds; the condition is tried at least once.
    """
    end = clock() + within_s
    with tracing.span("wait", what):
        while True:
            value = condition()
            if value:
                return value
            left_s = end - clock()
            if left_s <= 0:
                raise NotReached(
                    f"Expected {what} within {within_s:g} s", f"last seen: {describe()}", next_step
                )
            pause(min(every_s, left_s))
