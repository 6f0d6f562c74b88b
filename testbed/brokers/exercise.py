"""A little of what every run asks of a broker, so that its classes are in the start-up cache."""

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from testbed.errors import BenchError, NotReached
from testbed.wait import until

TOPIC, GROUP, RECORDS, WITHIN_S = "testbed-exercise", "testbed-exercise", 10, 30.0


def exercise(bootstrap_servers: str) -> None:
    """Create a topic, write a transaction, read it in a group, delete the topic.

    Raises ``BenchError`` where the broker does not go along.
    """
    base = {"bootstrap.servers": bootstrap_servers, "log_level": 0, "error_cb": lambda _: None}
    admin = AdminClient(base)
    try:
        admin.create_topics([NewTopic(TOPIC, 3, 1)])[TOPIC].result(WITHIN_S)
        _read(base, _write(base))
        admin.delete_topics([TOPIC])[TOPIC].result(WITHIN_S)
    except KafkaException as error:
        raise BenchError("The broker does not do its exercise", str(error)) from error


def _write(base: dict) -> int:
    producer = Producer(base | {"transactional.id": "testbed-exercise"})
    producer.init_transactions(WITHIN_S)
    producer.begin_transaction()
    for number in range(RECORDS):
        producer.produce(TOPIC, b"value", key=str(number).encode())
    producer.commit_transaction(WITHIN_S)
    return RECORDS


def _read(base: dict, count: int) -> None:
    group = {"group.id": GROUP, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    consumer = Consumer(base | group | {"isolation.level": "read_committed"})
    consumer.subscribe([TOPIC])
    seen: list[TopicPartition] = []

    def all_read() -> bool:
        seen.extend(m for m in consumer.consume(count, timeout=0.1) if _is_record(m))
        return len(seen) >= count

    try:
        until(all_read, within_s=WITHIN_S, what=f"{count} records", describe=lambda: len(seen))
        consumer.commit(asynchronous=False)
    except NotReached as error:
        raise BenchError(error.what, error.cause) from error
    finally:
        consumer.close()


def _is_record(message) -> bool:
    error = message.error()
    if error and error.code() != KafkaError._PARTITION_EOF and not error.retriable():
        raise KafkaException(error)
    return error is None
