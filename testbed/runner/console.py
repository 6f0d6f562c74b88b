"""What a run says: on the terminal, in colour where there is one, and in the log, always."""

import io
import os
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

COLOURS = {"INFO": "36", "SUCCESS": "32", "WARNING": "33", "ERROR": "31"}
REFRESH_S = 0.1


class Console:
    """Prints lines, and on a terminal one live line below them."""

    def __init__(self, log: Path, *, verbose: bool = False, screen: TextIO | None = None):
        self._screen = screen or sys.stdout
        self._log = log.open("a", encoding="utf-8", errors="replace")
        self._live = self._screen.isatty() and os.environ.get("TERM") != "dumb"
        self._colour = self._live and "NO_COLOR" not in os.environ
        self._verbose, self._shown, self._refreshed = verbose, "", 0.0
        if hasattr(self._screen, "reconfigure"):
            self._screen.reconfigure(errors="replace")  # a terminal may know no check mark

    def info(self, text: str) -> None:
        """What happens now."""
        self._tagged("INFO", text)

    def success(self, text: str) -> None:
        """What is done."""
        self._tagged("SUCCESS", text)

    def warning(self, text: str) -> None:
        """What is odd but does not change the verdict."""
        self._tagged("WARNING", text)

    def error(self, text: str) -> None:
        """What went wrong."""
        self._tagged("ERROR", text)

    def line(self, text: str, colour: str = "") -> None:
        """One line, or several, without a tag."""
        self._note(text)
        self._show(self._paint(text, colour))

    def detail(self, text: str) -> None:
        """Into the log; onto the terminal only when details are asked for."""
        self._note(text)
        if self._verbose:
            self._show(text)

    def live(self, text: str) -> None:
        """Replace the live line; nothing where there is no terminal."""
        now = time.monotonic()
        if not self._live or now - self._refreshed < REFRESH_S or text == self._shown:
            return
        self._refreshed, self._shown = now, text
        width = shutil.get_terminal_size().columns
        self._write(f"\r\x1b[K{text[: width - 1]}")

    def close(self) -> None:
        """Remove the live line and close the log."""
        self._clear()
        self._log.close()

    def _tagged(self, tag: str, text: str) -> None:
        self._note(f"[{tag}] {text}")
        self._show(f"{self._paint(f'[{tag}]', COLOURS[tag])} {text}")

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if colour and self._colour else text

    def _note(self, text: str) -> None:
        clock = time.strftime("%H:%M:%S")
        self._log.write("".join(f"{clock} {line}\n" for line in text.splitlines()))
        self._log.flush()

    def _show(self, text: str) -> None:
        self._clear()
        self._write(text + "\n")

    def _clear(self) -> None:
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = ""

    def _write(self, text: str) -> None:
        try:
            self._screen.write(text)
            self._screen.flush()
        except BrokenPipeError:  # "| head": the run goes on, the log has it all
            self._live = self._colour = False
            self._screen = _Nowhere(self._screen)


class _Nowhere(io.TextIOBase):
    """Takes the place of a screen that nobody reads any more."""

    def __init__(self, closed: TextIO):
        with suppress(OSError):  # else Python fails in flushing it at the very end
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, closed.fileno())
            os.close(nowhere)

    def write(self, text: str) -> int:
        """Nothing comes of it."""
        return len(text)
