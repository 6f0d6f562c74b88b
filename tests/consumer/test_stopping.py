"""Stopping: asked once, overdue after the grace."""

import os
import signal

from consumer.stopping import GRACE_S, Stop


def test_a_signal_asks_for_it():
    """The handler only notes it; the loop ends by itself."""
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        stop = Stop()
        stop.listen()
        assert not stop.asked
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.asked
        assert not stop.overdue
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def test_asking_again_does_not_extend_the_grace():
    """An impatient operator does not make it later."""
    stop = Stop()
    stop.ask()
    stop._since -= GRACE_S + 1
    stop.ask()
    assert stop.overdue
