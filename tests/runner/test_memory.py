"""A worker's threads share the memory that they have freed."""

import subprocess
import sys

import pytest

# Threads that each allocate and stay; then malloc tells how many arenas there are.
COUNT = """
import ctypes, sys, threading
from testbed.runner.memory import share_arenas
if sys.argv[1] == "share":
    share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.fdopen.restype, end = ctypes.c_void_p, threading.Barrier(7)
def hold():
    libc.malloc(1000)
    end.wait()
for _ in range(6):
    threading.Thread(target=hold).start()
end.wait()
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_all_threads_share_two_arenas():
    """Without it each thread has its own."""
    assert arenas("share") == 2
    assert arenas("leave") > 2


def arenas(word: str) -> int:
    words = [sys.executable, "-c", COUNT, word]
    return subprocess.run(words, capture_output=True, check=True, timeout=60).stdout.count(b"<heap")
