"""A plain at-least-once consumer over confluent-kafka, one record at a time, as tutorials have it.

It is right as it stands; saboteurs derive from it.
"""

import os
import sys
from pathlib import Path
from typing import ClassVar

from confluent_kafka import Consumer, KafkaException, Producer

from tests.consumers.honest.shared.answer import Answer, Record, answer
from tests.consumers.honest.shared.forest import Forest
from tests.consumers.honest.shared.settings import Stopper, from_environment


class Naive:
    """Takes some records, answers one after the other, and commits them."""

    consumer_properties: ClassVar[dict] = {}
    producer_properties: ClassVar[dict] = {}
    most = 200

    def __init__(self):
        sys.argv = ["naive", str(Path(os.environ["MODEL_PATH"]).with_suffix(".json"))]
        self.settings, self.stop = from_environment(), Stopper()
        self.forest = Forest(self.settings.model_json)
        common = {"bootstrap.servers": self.settings.bootstrap, **self.settings.client}
        self.consumer = Consumer(
            common
            | {
                "group.id": self.settings.group, "auto.offset.reset": "earliest",
                "enable.auto.commit": False, "session.timeout.ms": 6_000,
                "isolation.level": "read_committed", "topic.metadata.refresh.interval.ms": 5_000,
            }
            | self.consumer_properties
        )  # fmt: skip
        self.producer = Producer(
            common | {"linger.ms": 0, "message.max.bytes": 2_000_000} | self.producer_properties
        )

    def run(self) -> int:
        """Serve until stopped."""
        self.consumer.subscribe([self.settings.input_topic])
        while not self.stop.is_set():
            records = self.consumer.consume(self.most, 0.1)
            self.work([one for one in records if not one.error()])
        self.consumer.close()
        return 0

    def work(self, records: list) -> None:
        """Answer and commit what was fetched."""
        for record in records:
            self.send(self.answered(record))
            self.producer.flush()
        if records:
            self.commit()

    def answered(self, record) -> Answer:
        """The right answer to a record."""
        headers = list(record.headers() or [])
        known = Record(record.partition(), record.offset(), record.key(), record.value(), headers)
        return answer(known, self.settings, self.forest)

    def send(self, given: Answer) -> None:
        """Hand an answer to the producer."""
        self.producer.produce(given.topic, given.value, given.key, headers=given.headers)

    def commit(self) -> None:
        """Commit the position; a rebalance may refuse it, and then another does it again."""
        try:
            self.consumer.commit(asynchronous=False)
        except KafkaException as error:
            print(f"commit: {error.args[0].name()}", file=sys.stderr)
