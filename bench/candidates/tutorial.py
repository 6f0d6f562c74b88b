"""A consumer as tutorials write it: a record at a time, jsonschema, a table of one row."""

import os
import signal

from confluent_kafka import Consumer, Producer

from bench.answering import answers, model

running = True


def stop(*_signal) -> None:
    """Finish the record and end."""
    global running  # noqa: PLW0603 - a script of one function
    running = False


def main() -> None:
    """Poll, answer, produce, commit now and then, until stopped."""
    servers = {"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"]}
    group = {"group.id": os.environ["GROUP_ID"], "auto.offset.reset": "earliest"}
    pipeline = model(os.environ["MODEL_PATH"])
    consumer, producer = Consumer({**servers, **group}), Producer(servers)
    consumer.subscribe([os.environ["INPUT_TOPIC"]])
    while running:
        message = consumer.poll(0.1)
        if message is None:
            continue
        [(topic, value)] = answers(pipeline, [message.value()])
        producer.produce(os.environ[topic], value, message.key())
        producer.poll(0)
    producer.flush()
    consumer.close()


if __name__ == "__main__":
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    main()
