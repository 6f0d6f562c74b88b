"""A child's output in a file that cannot fill the disk, and holds no secret of the suite's."""

import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from testbed.errors import CannotStart

HEAD_BYTES = 16 * 1024 * 1024  # days of a sane log; a flood fills it in a second
TAIL_BYTES = 64 * 1024  # the last words before an end
BLANK = b"***"


class Veil:
    """Blanks out secrets in a stream, wherever its pieces are cut."""

    def __init__(self, secrets: Iterable[bytes]):
        longest_first = sorted(filter(None, secrets), key=len, reverse=True)
        self._beginnings = {one[:size] for one in longest_first for size in range(1, len(one))}
        self._longest = max(map(len, longest_first), default=0)
        self._find = re.compile(b"|".join(map(re.escape, longest_first))) if longest_first else None
        self._held = b""

    def take(self, chunk: bytes) -> bytes:
        """What can be shown by now: an end that may begin a secret is held back."""
        if self._find is None:
            return chunk
        data = self._held + chunk
        cut = len(data) - self._begun(data)
        for found in self._find.finditer(data):
            if found.start() < cut:
                cut = max(cut, found.end())
        self._held = data[cut:]
        return self._find.sub(BLANK, data[:cut])

    def rest(self) -> bytes:
        """What was held back at the end of the stream."""
        return self._find.sub(BLANK, self._held) if self._find else b""

    def _begun(self, data: bytes) -> int:
        """The length of the longest end that may begin a secret."""
        sizes = range(min(self._longest - 1, len(data)), 0, -1)
        return next((size for size in sizes if data[-size:] in self._beginnings), 0)


class BoundedLog:
    """Copies a pipe to a file: the first 16 MiB and, behind a note, the last 64 KiB.

    ``secrets`` are blanked out on the way.
    """

    def __init__(self, source: BinaryIO, target: BinaryIO, secrets: Iterable[bytes] = ()):
        self._source, self._target, self._veil = source, target, Veil(secrets)
        self._room, self._tail, self._left_out = HEAD_BYTES, b"", 0
        self._thread = threading.Thread(target=self._copy, name="log", daemon=True)
        self._thread.start()

    def drain(self, within_s: float) -> None:
        """Give what is still in the pipe time to reach the file."""
        self._thread.join(within_s)

    def _copy(self) -> None:
        with self._source, self._target:
            while chunk := self._source.read1(1 << 16):
                self._take(self._veil.take(chunk))
            self._take(self._veil.rest())
            if self._left_out or self._tail:
                note = f"\n[log limited: {self._left_out} bytes left out here]\n"
                self._target.write(note.encode() + self._tail)

    def _take(self, chunk: bytes) -> None:
        head, rest = chunk[: self._room], chunk[self._room :]
        if head:
            self._target.write(head)
            self._room -= len(head)
        if rest:
            kept = (self._tail + rest)[-TAIL_BYTES:]
            self._left_out += len(self._tail) + len(rest) - len(kept)
            self._tail = kept


def open_log(path: Path) -> BinaryIO:
    """Open for appending, unbuffered; raises ``CannotStart`` that names the file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab", buffering=0)
    except OSError as error:
        raise CannotStart(
            f"Cannot write the log {path}", error.strerror or str(error), "Check disk and rights"
        ) from error
