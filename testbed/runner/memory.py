"""Keeps a worker's memory small: what its threads have freed is used again."""

import ctypes
import sys

ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
ARENAS = 2  # one for each core of the smallest machine


def share_arenas() -> None:
    """Let all threads allocate from two arenas; else each gets its own, up to eight a core.

    A worker starts dozens of threads, one after the other, and what one has freed only it could
    use (mallopt(3)). Does nothing where there is no glibc.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt:
            mallopt(ARENA_MAX, ARENAS)
