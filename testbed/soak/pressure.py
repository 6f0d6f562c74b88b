"""Something else that wants the processor: a process for each core, at work on and off.

Run as a program it is one such process; it ends with the one that started it.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event

LONGEST_S = 0.4  # of work or of rest: some threads of a scheduler's time slices, and more


@contextmanager
def on(cores: int, seed: int) -> Iterator[None]:
    """Keep so many cores busy while the body runs, with pauses that follow the seed."""
    command = [sys.executable, "-m", __name__]
    with ExitStack() as stack:
        for number in range(cores):
            process = subprocess.Popen([*command, str(seed + number)], stdin=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield


def work(seed: int) -> None:
    """Count, and now and then do not, until the parent is another."""
    chance, parent, rest = random.Random(seed), os.getppid(), Event()
    while os.getppid() == parent:
        end = time.monotonic() + chance.uniform(0.0, LONGEST_S)
        while time.monotonic() < end:
            pass
        if chance.random() < 1 / 3:
            rest.wait(chance.uniform(0.0, LONGEST_S))


if __name__ == "__main__":
    work(int(sys.argv[1]))
