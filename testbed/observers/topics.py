"""Reads the output topics from their beginning, and records what it sees."""

import threading
from collections.abc import Callable, Iterable

import msgspec
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from testbed.errors import BenchError
from testbed.history import History, Outcome
from testbed.telco.reading import RawRecord
from testbed.wait import until

BATCH = 2000  # records a poll
POLL_S = 0.05


class TopicReader:
    """One accumulating read_committed reader; a member of no group.

    ``readings`` says for each topic how a record of it is read into an ``Outcome``.
    """

    def __init__(
        self,
        consumer: Consumer,
        partitions: Iterable[tuple[str, int]],
        readings: dict[str, Callable[[RawRecord], Outcome]],
        history: History,
    ):
        self._consumer, self._readings, self._history = consumer, readings, history
        self._reached = dict.fromkeys(partitions, 0)
        self._stopping = threading.Event()
        self._failure: Exception | None = None
        self.count = 0
        self.prompt = False  # take each record as it comes, at the cost of more polls
        consumer.assign([TopicPartition(t, p, OFFSET_BEGINNING) for t, p in self._reached])
        self._thread = threading.Thread(target=self._run, name="topic-reader", daemon=True)
        self._thread.start()

    def reached(self, ends: dict[tuple[str, int], int]) -> bool:
        """Whether everything before ``ends`` has been recorded."""
        if self._failure:
            raise BenchError("The reader of the output topics stopped", repr(self._failure))
        return all(self._reached[place] >= end for place, end in ends.items())

    def read_to(self, ends: dict[tuple[str, int], int], within_s: float) -> None:
        """Wait until everything before ``ends`` has been recorded."""
        until(
            lambda: self.reached(ends),
            within_s=within_s,
            what=f"the reader to reach {ends}",
            describe=lambda: self._reached,
            every_s=0.005,
        )

    def close(self) -> None:
        """Stop reading."""
        self._stopping.set()
        self._thread.join()
        self._consumer.close()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._take(self._next())
        except Exception as error:  # handed to whoever waits: a thread has no caller
            self._failure = error

    def _next(self) -> list[Message]:
        if not self.prompt:
            return self._consumer.consume(BATCH, POLL_S)
        first = self._consumer.consume(1, POLL_S)
        return first + self._consumer.consume(BATCH, 0) if first else first

    def _take(self, messages) -> None:
        now = round(self._history.now(), 6)
        seen, ends = [], {}
        for message in messages:
            error = message.error()
            if error is None:
                seen.append(self._read(message, now))
            elif error.code() != KafkaError._PARTITION_EOF:
                continue  # a connection's trouble, which librdkafka retries by itself
            place = (message.topic(), message.partition())
            ends[place] = message.offset() + (error is None)
        self._history.extend(seen)
        self.count += len(seen)
        # Only now: whoever sees the new end must find the records in the history.
        for place, end in ends.items():
            self._reached[place] = max(self._reached[place], end)

    def _read(self, message, now: float) -> Outcome:
        raw = raw_record(message)
        return msgspec.structs.replace(self._readings[raw.topic](raw), at=now)


def raw_record(message: Message) -> RawRecord:
    """A client's message as plain data."""
    return RawRecord(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        key=message.key(),
        value=message.value(),
        headers=tuple(message.headers() or ()),
        timestamp_ms=message.timestamp()[1],
    )
