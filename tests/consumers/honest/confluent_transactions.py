"""confluent-kafka, exactly-once, in the group protocol of KIP-848.

Answers and offsets go into one transaction per batch, bound to the group's metadata, so that a
member that lost its partitions cannot commit. What goes wrong is aborted and read again.
"""

from concurrent.futures import Future
from threading import Thread

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from shared.answer import Record, answer
from shared.forest import Forest
from shared.settings import Settings, Stopper, from_environment, log

BATCH_RECORDS = 500
ANSWER_S = 10.0


class BeginAnewError(Exception):
    """This membership cannot go on: leave, and join again."""


class Service:
    """One membership of the group, from joining to leaving."""

    def __init__(self, settings: Settings, forest: Forest, stop: Stopper):
        self._settings, self._forest, self._stop = settings, forest, stop
        self._owned: set[int] = set()
        common = {"bootstrap.servers": settings.bootstrap, **settings.client}
        self._producer = Producer(
            {
                **common,
                "transactional.id": f"{settings.group}-{settings.instance}",
                "transaction.timeout.ms": 10_000,
                "message.max.bytes": 2_000_000,
            }
        )
        self._consumer = Consumer(
            {
                **common,
                "group.protocol": "consumer",
                "group.id": settings.group,
                "client.id": f"transactions-{settings.instance}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "topic.metadata.refresh.interval.ms": 5_000,
            }
        )

    def run(self) -> None:
        """Until asked to stop; raises ``BeginAnewError`` when it has to."""
        try:
            self._patiently(self._producer.init_transactions)
            self._consumer.subscribe(
                [self._settings.input_topic],
                on_assign=lambda _, partitions: self._owned.update(p.partition for p in partitions),
                on_revoke=self._let_go,
                on_lost=self._let_go,
            )
            while not self._stop.is_set():
                self._take_turn()
        finally:
            self._consumer.close()

    def _let_go(self, _, partitions) -> None:
        # Nothing is in flight here: a batch is committed or aborted before the next is fetched.
        self._owned.difference_update(partition.partition for partition in partitions)

    def _take_turn(self) -> None:
        fetched = self._consumer.consume(BATCH_RECORDS, 0.1)
        for message in fetched:
            if message.error():
                log(f"consume: {message.error().name()}")
        batch = [one for one in fetched if not one.error() and one.partition() in self._owned]
        if not batch:
            return
        try:
            self._producer.begin_transaction()
            for message in batch:
                self._send(message)
            self._send_offsets(batch)
            self._patiently(self._producer.commit_transaction)
        except KafkaException as error:
            log(f"transaction: {error.args[0].name()}")
            if error.args[0].fatal():
                raise BeginAnewError from error
            self._abort_and_rewind()

    def _send(self, message: Message) -> None:
        record = Record(
            message.partition(),
            message.offset(),
            message.key(),
            message.value(),
            list(message.headers() or []),
        )
        given = answer(record, self._settings, self._forest)
        self._producer.produce(given.topic, given.value, given.key, headers=given.headers)

    def _send_offsets(self, batch: list[Message]) -> None:
        after = {message.partition(): message.offset() + 1 for message in batch}
        offsets = [TopicPartition(self._settings.input_topic, *each) for each in after.items()]
        group = self._consumer.consumer_group_metadata()
        self._patiently(self._producer.send_offsets_to_transaction, offsets, group)

    def _abort_and_rewind(self) -> None:
        """Nothing of the batch may count, so all of it is to be read again.

        By another client where some may be stored unheard: librdkafka would give their sequence
        numbers to other messages, which the broker then drops as repetitions.
        """
        if self._producer.flush(0):
            raise BeginAnewError
        try:
            self._patiently(self._producer.abort_transaction)
            mine = [TopicPartition(self._settings.input_topic, p) for p in sorted(self._owned)]
            for partition in self._consumer.committed(mine, ANSWER_S) if mine else ():
                if partition.error:
                    raise KafkaException(partition.error)
                if partition.offset < 0:
                    partition.offset = OFFSET_BEGINNING
                self._consumer.seek(partition)
        except KafkaException as error:
            raise BeginAnewError from error

    def _patiently(self, call, *arguments) -> None:
        """Ask again for as long as the client says that it may help, and nobody waits for us."""
        while True:
            try:
                return _limited(call, *arguments, ANSWER_S)
            except KafkaException as error:
                if not error.args[0].retriable() or self._stop.is_set():
                    raise
                log(f"{call.__name__}: {error.args[0].name()}, once more")
                self._stop.wait(0.2)


def _limited(call, *arguments):
    """The client may forget its own limit when a coordinator goes away: then begin anew."""
    done: Future = Future()

    def work() -> None:
        try:
            done.set_result(call(*arguments))
        except KafkaException as error:
            done.set_exception(error)

    Thread(target=work, daemon=True).start()
    try:
        return done.result(2 * ANSWER_S)
    except TimeoutError:
        raise BeginAnewError from None


def main() -> None:
    """One membership after the other, until asked to stop."""
    settings, stop = from_environment(), Stopper()
    forest = Forest(settings.model_json)
    while not stop.is_set():
        try:
            Service(settings, forest, stop).run()
        except (BeginAnewError, KafkaException) as error:
            log(f"begin anew: {type(error).__name__}")
            stop.wait(0.5)


if __name__ == "__main__":
    main()
