"""A child's output in a file that cannot fill the disk."""

import threading
from pathlib import Path
from typing import BinaryIO

from testbed.errors import CannotStart

HEAD_BYTES = 16 * 1024 * 1024  # days of a sane log; a flood fills it in a second
TAIL_BYTES = 64 * 1024  # the last words before an end


class BoundedLog:
    """Copies a pipe to a file: the first 16 MiB and, behind a note, the last 64 KiB."""

    def __init__(self, source: BinaryIO, target: BinaryIO):
        self._source, self._target = source, target
        self._room, self._tail, self._left_out = HEAD_BYTES, b"", 0
        self._thread = threading.Thread(target=self._copy, name="log", daemon=True)
        self._thread.start()

    def drain(self, within_s: float) -> None:
        """Give what is still in the pipe time to reach the file."""
        self._thread.join(within_s)

    def _copy(self) -> None:
        with self._source, self._target:
            while chunk := self._source.read1(1 << 16):
                self._take(chunk)
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
