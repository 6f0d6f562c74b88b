"""What the logs said around a moment: the lines nearest to it, or the last ones without times."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

MARGIN_S = 3.0  # before and after the moment
MOST_LINES = 40
MOST_BYTES = 2**20  # of the end of a log that are looked at
STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,6})\d*)?\s?(Z|[+-]\d\d:?\d\d)?"
)


def around(log: Path, moment: float) -> str:
    """The lines of ``log`` within three seconds of ``moment`` (seconds since 1970).

    A line without a time of its own belongs to the one above it. Where no line is near, or
    none carries a time that can be read, the last lines, and a word that says so.
    """
    lines = _last_of(log)
    if not lines:
        return "(the log is empty)"
    near = [line for at, line in _timed(lines, moment) if abs(at - moment) <= MARGIN_S]
    if near:
        return "\n".join(_fitting(near, f"within {MARGIN_S:g} s of the moment"))
    return "\n".join(["(no line is near the moment; the last ones)", *lines[-MOST_LINES:]])


def _fitting(lines: list[str], which: str) -> list[str]:
    """The first and the last of too many."""
    hidden = len(lines) - MOST_LINES
    if hidden <= 0:
        return lines
    half = MOST_LINES // 2
    return [*lines[:half], f"… {hidden} more lines {which} …", *lines[-half:]]


def _last_of(log: Path) -> list[str]:
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - MOST_BYTES))
            text = stream.read().decode(errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()]


def _timed(lines: list[str], moment: float) -> Iterator[tuple[float, str]]:
    """Each line with its time, or that of the line above it."""
    at = float("-inf")
    for line in lines:
        found = STAMP.search(line)
        if found:
            at = _seconds(found, moment, at)
        yield at, line


def _seconds(found: re.Match, moment: float, before: float) -> float:
    """A time without a zone is local or UTC, whichever is nearer to the moment."""
    day, clock, part, zone = found.groups()
    text = f"{day}T{clock}.{(part or '0'):0<6}"
    try:
        if zone:
            return datetime.fromisoformat(text + zone.replace("Z", "+00:00")).timestamp()
        naive = datetime.fromisoformat(text)
        readings = (naive.replace(tzinfo=UTC).timestamp(), naive.astimezone().timestamp())
        return min(readings, key=lambda one: abs(one - moment))
    except (ValueError, OverflowError, OSError):  # digits that only look like a time
        return before
