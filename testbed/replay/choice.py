"""Which letters are to be put back."""

from dataclasses import dataclass

from testbed.errors import UsageError
from testbed.replay.original import reason
from testbed.telco.records import RawRecord


@dataclass(frozen=True)
class Choice:
    """Offsets are those of the dead letter topic, both ends included; nothing set: all letters."""

    error_types: frozenset[str] = frozenset()
    first: int = 0
    last: int | None = None
    partition: int | None = None
    limit: int | None = None

    def takes(self, raw: RawRecord) -> bool:
        """Whether the letter's error type is asked for; its place was chosen by ``spans``."""
        return not self.error_types or reason(raw) in self.error_types

    def spans(self, ends: dict[int, int]) -> dict[int, tuple[int, int]]:
        """First offset and the one behind the last, by partition, of what is to be read.

        ``ends`` are the topic's. Raises ``UsageError`` for a partition that it does not have, or
        where offsets without a partition mean several places.
        """
        if self.partition is None and len(ends) > 1 and (self.first or self.last is not None):
            raise UsageError(
                f"Offsets name no single place on a topic of {len(ends)} partitions",
                next_step="Add --partition",
            )
        if self.partition is not None and self.partition not in ends:
            raise UsageError(f"Expected --partition below {len(ends)}, got {self.partition}")
        wanted = ends if self.partition is None else {self.partition: ends[self.partition]}
        return {
            p: (self.first, end if self.last is None else min(end, self.last + 1))
            for p, end in wanted.items()
        }
