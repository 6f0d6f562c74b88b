"""Histories as files: JSON Lines, one event a line, in order."""

from pathlib import Path

import msgspec

from testbed.history import AnyEvent, History

_decoder = msgspec.json.Decoder(AnyEvent)
EVENTS_AT_ONCE = 10_000  # encoded, about ten megabytes


def save(history: History, path: Path) -> None:
    """Write as JSON Lines, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    encoder, events = msgspec.json.Encoder(), list(history)
    with partial.open("wb") as file:
        for start in range(0, len(events), EVENTS_AT_ONCE):
            file.write(encoder.encode_lines(events[start : start + EVENTS_AT_ONCE]))
    partial.replace(path)


def load(path: Path) -> History:
    """Read a saved history; raises ``ValueError`` that names the line that is wrong."""
    events = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            events.append(_decoder.decode(line))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise ValueError(f"{error} - at line {number} of {path}") from error
    return History(events)
