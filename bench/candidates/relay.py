"""The most that a Python consumer could reach: copies bytes in large batches, reads none."""

import os
import signal

from confluent_kafka import Consumer, Producer

BATCH = 10_000
running = True


def stop(*_signal) -> None:
    """Finish the batch and end."""
    global running  # noqa: PLW0603 - a script of one function
    running = False


def main() -> None:
    """Copy the input topic to the output topic until stopped, at least once."""
    servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": os.environ["GROUP_ID"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "fetch.queue.backoff.ms": 5,
        }
    )
    producer = Producer(
        {
            "bootstrap.servers": servers,
            "enable.idempotence": True,
            "delivery.report.only.error": True,
            "partitioner": "murmur2_random",
            "queue.buffering.max.messages": 200_000,
            "linger.ms": 5,
        }
    )
    consumer.subscribe([os.environ["INPUT_TOPIC"]])
    output = os.environ["OUTPUT_TOPIC"]
    while running:
        messages = consumer.consume(BATCH, 0.1)
        for message in messages:
            producer.produce(output, message.value(), message.key())
        if messages:
            producer.flush()
            consumer.commit(asynchronous=False)
    consumer.close()


if __name__ == "__main__":
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    main()
