"""Reads a dead letter topic up to where it ended at the start: what comes later is left alone."""

from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from testbed.observers.topics import raw_record
from testbed.telco.records import RawRecord
from testbed.wait import until

BATCH = 1000  # letters at once: each batch is acknowledged before the next one is read
POLL_S = 0.1


def ends(reader: Consumer, topic: str, partitions: int, within_s: float) -> dict[int, int]:
    """The end of each partition; raises ``KafkaException`` where the broker does not tell."""
    return {
        p: reader.get_watermark_offsets(TopicPartition(topic, p), timeout=within_s)[1]
        for p in range(partitions)
    }


def batches(
    reader: Consumer, topic: str, spans: dict[int, tuple[int, int]], within_s: float
) -> Iterator[list[RawRecord]]:
    """The visible letters of ``spans`` (first offset, and the one behind the last), in order.

    Raises ``NotReached`` where none come for ``within_s`` seconds.
    """
    left = {p: end for p, (first, end) in spans.items() if first < end}
    reader.assign([TopicPartition(topic, p, spans[p][0]) for p in left])
    while left:
        messages = until(
            lambda: reader.consume(BATCH, POLL_S),
            within_s=within_s,
            what=f"the next letters of {topic}",
            describe=lambda: f"partitions that are not at their end: {sorted(left)}",
        )
        yield [raw_record(one) for one in messages if _wanted(one, left)]


def _wanted(message: Message, left: dict[int, int]) -> bool:
    """Whether it is a letter before the end of its partition; learns where that is reached."""
    partition, error = message.partition(), message.error()
    if partition not in left:
        return False
    if error is not None:
        if error.code() == KafkaError._PARTITION_EOF:
            del left[partition]
        return False
    end = left[partition]
    if message.offset() + 1 >= end:
        del left[partition]
    return message.offset() < end
