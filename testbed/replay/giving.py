"""Puts originals on the input topic, and counts what came of each letter."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from confluent_kafka import KafkaError, Producer

from testbed.errors import BenchError
from testbed.replay.choice import Choice
from testbed.replay.original import NotRecoverable, Original, original, reason
from testbed.telco.records import RawRecord

# What is wrong with one record alone; any other error would befall the next one, too.
_OF_THE_RECORD = {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError._BAD_MSG, KafkaError.INVALID_RECORD}


@dataclass
class Target:
    """Where originals go; ``producer`` is None for a dry run. ``fidelity``: exact or json."""

    topic: str
    partitions: int
    fidelity: str
    producer: Producer | None
    within_s: float


@dataclass
class Replay:
    """One replay: ``tell`` takes a line about a letter, ``complain`` one that is not put back."""

    target: Target
    choice: Choice
    tell: Callable[[str], None]
    complain: Callable[[str], None]
    looked_at: int = 0
    given: Counter = field(default_factory=Counter)  # by error type
    refused: int = 0
    next_offset: dict[int, int] = field(default_factory=dict)  # by partition of the letters

    @property
    def done(self) -> bool:
        """Whether as many as were asked for are chosen."""
        limit = self.choice.limit
        return limit is not None and self.given.total() + self.refused >= limit

    def take(self, letters: Iterable[RawRecord]) -> None:
        """Put back those that are chosen, and wait for the broker's answers.

        Raises ``BenchError`` with the place to go on where the broker does not take them.
        """
        failed: list[tuple[RawRecord, KafkaError]] = []
        for raw in letters:
            if self.done:
                break
            self.looked_at += 1
            self.next_offset[raw.partition] = raw.offset + 1
            if self.choice.takes(raw):
                self._put_back(raw, failed)
        if self.target.producer and self.target.producer.flush(self.target.within_s):
            self.target.producer.purge()
            self.target.producer.flush(1)
        self._weigh(failed)

    def _put_back(self, raw: RawRecord, failed: list) -> None:
        try:
            found = original(raw, self.target.topic, self.target.fidelity)
        except NotRecoverable as why:
            self._refuse(raw, str(why))
            return
        kind = reason(raw)
        if self.target.producer is None:
            self.tell(f"{place(raw)} {kind} would go to {self._where(found)}")
        else:
            self._send(raw, found, failed)
        self.given[kind] += 1

    def _send(self, raw: RawRecord, found: Original, failed: list) -> None:
        def answered(error: KafkaError | None, _message) -> None:
            if error is not None:
                failed.append((raw, error))

        partition = self._partition(found)
        self.target.producer.produce(
            self.target.topic, found.value, found.key, headers=list(found.headers),
            on_delivery=answered, **({} if partition is None else {"partition": partition}),
        )  # fmt: skip
        self.target.producer.poll(0)

    def _weigh(self, failed: list[tuple[RawRecord, KafkaError]]) -> None:
        for raw, _ in failed:
            self.given[reason(raw)] -= 1
        for raw, error in failed:
            if error.code() not in _OF_THE_RECORD:
                raise BenchError(
                    f"The broker did not take {len(failed)} letters, the first at {place(raw)}",
                    error.str(),
                    f"{self.given.total()} were put back; look at what {self.target.topic} holds, "
                    f"then go on with --partition {raw.partition} --from-offset {raw.offset}",
                )
            self._refuse(raw, f"{self.target.topic} does not take it: {error.str()}")

    def _refuse(self, raw: RawRecord, why: str) -> None:
        self.refused += 1
        self.complain(f"{place(raw)} cannot be put back: {why}")

    def _partition(self, found: Original) -> int | None:
        """The one it came from, so that order stays; by its key where that is not told."""
        known = found.partition is not None and 0 <= found.partition < self.target.partitions
        return found.partition if known else None

    def _where(self, found: Original) -> str:
        partition = self._partition(found)
        return f"{self.target.topic}[{'by key' if partition is None else partition}]"


def place(raw: RawRecord) -> str:
    """A letter's own coordinates."""
    return f"{raw.topic}[{raw.partition}]@{raw.offset}"
