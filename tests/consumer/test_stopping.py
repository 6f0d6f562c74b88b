"""Stopping: asked once, overdue after the grace."""

import os
import signal
import subprocess
import sys

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


def test_a_signal_during_the_end_leaves_the_exit_code():
    """An instance that was fenced, and is asked to stop while it ends, tells of the fencing."""
    code = (
        "import atexit, os, signal, sys; from consumer.stopping import Stop;"
        "stop = Stop(); stop.listen(); {};"
        # Kept alive by the module table, so that it goes when handlers are gone already.
        "class Late: __del__ = lambda _, kill=os.kill, pid=os.getpid(): kill(pid, 15)\n"
        "sys.late = Late(); sys.exit(6)"
    )
    program = code.replace(";class", "\nclass")
    decided, undecided = program.format("stop.ignore()"), program.format("pass")
    assert subprocess.run([sys.executable, "-c", decided], check=False).returncode == 6
    assert (
        subprocess.run([sys.executable, "-c", undecided], check=False).returncode == -signal.SIGTERM
    )
