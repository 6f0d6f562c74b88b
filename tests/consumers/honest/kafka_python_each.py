"""kafka-python, at-least-once, one record at a time: send, wait for the answer, go on.

Nothing is ever in flight while partitions move: each poll's records are committed, by their own
offsets, before the next poll.
"""

from time import monotonic

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    KafkaError,
    KafkaTimeoutError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata
from shared.answer import Answer, Record, answer
from shared.forest import Forest
from shared.settings import Settings, Stopper, from_environment, log, python_client

NO_LONGER_OURS = (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    UnknownMemberIdError,
)
POLL_RECORDS = 50  # at most this much is done twice when the process is killed
STOP_WITHIN_S = 10.0  # of the thirty that a stop has; both clients want some of them, too


class Service:
    """One member of the group."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._stop = Stopper()
        self._give_up_at = float("inf")
        self._forest = Forest(settings.model_json)
        common = {
            "bootstrap_servers": settings.bootstrap,
            "client_id": f"each-{settings.instance}",
            **python_client(settings.client),
        }
        self._producer = KafkaProducer(
            acks="all",
            max_request_size=2_000_000,
            delivery_timeout_ms=600_000,  # an outage is waited for, not answered by a copy
            **common,
        )
        self._consumer = KafkaConsumer(
            settings.input_topic,
            group_id=settings.group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
            session_timeout_ms=6_000,
            heartbeat_interval_ms=500,
            metadata_max_age_ms=5_000,
            **common,
        )

    def run(self) -> None:
        """Until asked to stop; then leave with all that was answered committed."""
        while not self._stop.is_set():
            for partition, records in self._poll().items():
                self._commit(partition, self._answer_all(records))
        self._consumer.close(timeout_ms=5_000)
        self._producer.close(timeout=5)

    def _poll(self) -> dict:
        try:
            return self._consumer.poll(timeout_ms=200, max_records=POLL_RECORDS)
        except KafkaError as error:  # a broker that is away comes back
            log(f"poll: {type(error).__name__}")
            self._stop.wait(0.5)
            return {}

    def _answer_all(self, records: list) -> int | None:
        """The offset to go on from, or None where not one record was answered."""
        after = None
        for record in records:
            if self._stop.is_set():
                break
            known = Record(
                record.partition,
                record.offset,
                record.key,
                record.value,
                list(record.headers),
            )
            if not self._deliver(answer(known, self._settings, self._forest)):
                break
            after = record.offset + 1
        return after

    def _deliver(self, given: Answer) -> bool:
        """Wait until the broker has it, however long; False when a stop cannot wait."""
        sent = None
        while not self._must_end():
            try:
                sent = sent or self._producer.send(
                    given.topic, value=given.value, key=given.key, headers=_sendable(given.headers)
                )
                sent.get(timeout=1)
                return True
            except KafkaTimeoutError:
                continue  # still on its way, or no metadata yet
            except KafkaError as error:  # refused: nothing was written, so it is sent again
                log(f"send: {type(error).__name__}")
                sent = None
                self._stop.wait(0.5)
        return False

    def _commit(self, partition: TopicPartition, after: int | None) -> None:
        while after is not None and not self._must_end():
            try:
                self._consumer.commit({partition: OffsetAndMetadata(after, "", -1)}, 2_000)
                return
            except NO_LONGER_OURS as error:
                log(f"commit: {type(error).__name__}, another member does it again")
                return
            except KafkaError as error:
                log(f"commit: {type(error).__name__}, once more")
                self._stop.wait(0.2)

    def _must_end(self) -> bool:
        if self._stop.is_set():
            self._give_up_at = min(self._give_up_at, monotonic() + STOP_WITHIN_S)
        return monotonic() > self._give_up_at


def _sendable(headers: list[tuple[str, bytes | None]]) -> list[tuple[str, bytes]]:
    """This client sends no null: an empty value stands for it."""
    return [(name, value or b"") for name, value in headers]


if __name__ == "__main__":
    Service(from_environment()).run()
