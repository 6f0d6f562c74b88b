"""confluent-kafka, at-least-once, slow: a hundred records a second and not one more.

Answers are sent as records come and confirmed in small groups: flush, then commit. The same is
done when partitions are taken away, while they are still ours.
"""

from time import monotonic

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from shared.answer import Answer, Record, answer
from shared.forest import Forest
from shared.settings import Settings, Stopper, from_environment, log

RECORDS_PER_S = 100
GROUP_OF = 20  # at most this much is done twice when the process is killed
STOP_WITHIN_S = 20.0
NO_LONGER_OURS = (
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError.FENCED_INSTANCE_ID,
    KafkaError._ASSIGNMENT_LOST,
)


class Service:
    """One member of the group."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._stop = Stopper()
        self._give_up_at = float("inf")
        self._forest = Forest(settings.model_json)
        self._unsettled: dict[int, int] = {}  # partition -> offset after the last one sent
        self._count = 0
        self._refused: list[Answer] = []
        common = {"bootstrap.servers": settings.bootstrap, **settings.client}
        self._producer = Producer(
            {
                **common,
                "enable.idempotence": True,
                "message.timeout.ms": 0,  # an outage is waited for, not answered by a copy
                "message.max.bytes": 2_000_000,
            }
        )
        self._consumer = Consumer(
            {
                **common,
                "group.id": settings.group,
                "client.id": f"slow-{settings.instance}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "session.timeout.ms": 6_000,
                "heartbeat.interval.ms": 500,
                "topic.metadata.refresh.interval.ms": 5_000,
            }
        )

    def run(self) -> None:
        """Until asked to stop; then leave with all that was sent confirmed and committed."""
        self._consumer.subscribe(
            [self._settings.input_topic], on_revoke=self._revoked, on_lost=self._lost
        )
        due = monotonic()
        while not self._stop.is_set():
            message = self._consumer.poll(0.1)
            if message is None:
                self._settle()
            elif message.error():
                log(f"poll: {message.error().name()}")
            else:
                due = max(due, monotonic()) + 1 / RECORDS_PER_S
                self._treat(message)
                self._stop.wait(max(0.0, due - monotonic()))
        self._settle()
        self._consumer.close()

    def _treat(self, message) -> None:
        record = Record(
            message.partition(),
            message.offset(),
            message.key(),
            message.value(),
            list(message.headers() or []),
        )
        self._send(answer(record, self._settings, self._forest))
        self._unsettled[record.partition] = record.offset + 1
        self._count += 1
        if self._count >= GROUP_OF:
            self._settle()

    def _send(self, given: Answer) -> None:
        def delivered(error, _) -> None:
            if error:
                log(f"send: {error.name()}")
                self._refused.append(given)

        self._producer.produce(
            given.topic, given.value, given.key, headers=given.headers, on_delivery=delivered
        )

    def _settle(self) -> None:
        """Wait until the broker has every answer, then commit what they answer."""
        self._count = 0
        while (self._producer.flush(0.5) or self._refused) and not self._must_end():
            again, self._refused = self._refused, []
            if again:
                self._stop.wait(0.5)
            for given in again:
                self._send(given)
        if self._unsettled and not len(self._producer) and not self._refused:
            self._commit()

    def _commit(self) -> None:
        topic = self._settings.input_topic
        offsets = [TopicPartition(topic, *each) for each in self._unsettled.items()]
        while not self._must_end():
            try:
                self._consumer.commit(offsets=offsets, asynchronous=False)
            except KafkaException as error:
                log(f"commit: {error.args[0].name()}")
                if error.args[0].code() not in NO_LONGER_OURS:
                    self._stop.wait(0.2)
                    continue
            break
        self._unsettled.clear()

    def _revoked(self, consumer, partitions) -> None:
        self._settle()

    def _lost(self, consumer, partitions) -> None:
        """Another member has them already and does again what was not committed."""
        for partition in partitions:
            self._unsettled.pop(partition.partition, None)

    def _must_end(self) -> bool:
        if self._stop.is_set():
            self._give_up_at = min(self._give_up_at, monotonic() + STOP_WITHIN_S)
        return monotonic() > self._give_up_at


if __name__ == "__main__":
    Service(from_environment()).run()
