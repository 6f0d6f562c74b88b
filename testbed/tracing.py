"""Where a run's time goes: spans, one JSON line each, nested as they happened.

A process records nothing until ``record_to`` names its file. Times are ``time.time()`` in
seconds, so that the processes of one run share an axis.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

FOLDER = "trace"
WORTH_S = 0.002  # what is shorter tells nobody anything, and there is a lot of it


class Span(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One stretch of time. ``kind``: run, scenario, step, wait, start, judge, broker, report."""

    kind: str
    what: str
    begin: float
    end: float
    lane: str = ""  # the thread, where it is not the main one

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return self.end - self.begin


class _Sink:
    path: Path | None = None
    file: BinaryIO | None = None  # opened with the first span
    lock = threading.Lock()


def record_to(path: Path) -> None:
    """Append this process's spans to ``path`` from now on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _Sink.lock:
        if _Sink.file:
            _Sink.file.close()
        _Sink.path, _Sink.file = path, None


@contextmanager
def span(kind: str, what: str) -> Iterator[None]:
    """Record how long the body takes, however it ends."""
    begin = time.time()
    try:
        yield
    finally:
        note(kind, what, begin)


def note(kind: str, what: str, begin: float) -> None:
    """Record a span that ends now."""
    end = time.time()
    if _Sink.path is None or end - begin < WORTH_S:
        return
    thread = threading.current_thread()
    lane = "" if thread is threading.main_thread() else thread.name
    line = msgspec.json.encode(Span(kind=kind, what=what, begin=begin, end=end, lane=lane))
    # A run whose disk is full has greater worries, and tells them.
    with suppress(OSError), _Sink.lock:
        _Sink.file = _Sink.file or open(_Sink.path, "ab", buffering=0)  # noqa: SIM115 - stays open
        _Sink.file.write(line + b"\n")


def read(folder: Path) -> dict[str, list[Span]]:
    """The spans of each process of a run, by the name of its file.

    A last line that a killed process left half written is passed over.
    """
    return {path.stem: _spans(path) for path in sorted(folder.glob("*.jsonl"))}


def _spans(path: Path) -> list[Span]:
    lines = path.read_bytes().split(b"\n")[:-1]
    return [msgspec.json.decode(line, type=Span) for line in lines]
