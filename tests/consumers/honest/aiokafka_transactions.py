"""aiokafka, exactly-once, in batches: one transactional producer per input partition.

This client does not pass the group's generation to the transaction, so the broker cannot fence a
member by it. The older way does: the transactional id belongs to the partition, and whoever takes
the partition over fences the last owner *before* it reads where to go on.
"""

import asyncio

from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
    ConsumerRecord,
    TopicPartition,
)
from aiokafka.errors import KafkaError
from shared.answer import Record, answer
from shared.forest import Forest
from shared.settings import Settings, Stopper, from_environment, log, python_client

BATCH_RECORDS = 200
TURN_S = 12.0  # one that is fenced may wait for ever; what it had in hand is aborted with it
CLOSE_S = 5.0


class Service(ConsumerRebalanceListener):
    """One membership of the group, from joining to leaving; any trouble ends it."""

    def __init__(self, settings: Settings, forest: Forest, stop: Stopper):
        self._settings, self._forest, self._stop = settings, forest, stop
        self._common = {
            "bootstrap_servers": settings.bootstrap,
            **python_client(settings.client),
        }
        # What is ours: who sends for it, and the offset after the last one committed.
        self._producers: dict[TopicPartition, AIOKafkaProducer] = {}
        self._next: dict[TopicPartition, int] = {}
        self._at_work = asyncio.Lock()  # held from a batch's first record to its commit
        self._trouble: KafkaError | None = None
        self._consumer = AIOKafkaConsumer(
            group_id=settings.group,
            client_id=f"batches-{settings.instance}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
            session_timeout_ms=6_000,
            heartbeat_interval_ms=500,
            metadata_max_age_ms=5_000,
            **self._common,
        )

    async def run(self) -> None:
        """Until asked to stop; raises ``KafkaError`` when it has to begin anew."""
        self._consumer.subscribe([self._settings.input_topic], listener=self)
        try:
            await self._consumer.start()
            while not self._stop.is_set():
                await asyncio.wait_for(self._take_turn(), TURN_S)
        finally:
            closing = (_quietly(producer.stop()) for producer in self._producers.values())
            await asyncio.gather(*closing)
            await _quietly(self._consumer.stop())

    async def _take_turn(self) -> None:
        before = dict(self._producers)
        batches = await self._consumer.getmany(timeout_ms=200, max_records=BATCH_RECORDS)
        if self._trouble:
            raise self._trouble
        async with self._at_work:
            for partition, records in batches.items():
                producer = self._producers.get(partition)
                if producer is None:
                    continue  # it moved on between fetch and lock
                if producer is before.get(partition):
                    await self._answer(partition, producer, records)
                else:  # it came back meanwhile: these may be of its former life
                    self._consumer.seek(partition, self._next[partition])

    async def _answer(
        self, partition: TopicPartition, producer: AIOKafkaProducer, records: list[ConsumerRecord]
    ) -> None:
        after = records[-1].offset + 1
        async with producer.transaction():  # aborts if anything in it fails
            sent = [await self._send(producer, record) for record in records]
            await asyncio.gather(*sent)
            await producer.send_offsets_to_transaction({partition: after}, self._settings.group)
        self._next[partition] = after

    async def _send(self, producer: AIOKafkaProducer, record: ConsumerRecord) -> asyncio.Future:
        known = Record(
            record.partition, record.offset, record.key, record.value, list(record.headers)
        )
        given = answer(known, self._settings, self._forest)
        return await producer.send(
            given.topic, value=given.value, key=given.key, headers=given.headers
        )

    async def on_partitions_revoked(self, revoked) -> None:
        """Wait for the work in flight, then let go."""
        async with self._at_work:
            for partition in revoked:
                producer = self._producers.pop(partition, None)
                if producer:
                    await _quietly(producer.stop())

    async def on_partitions_assigned(self, assigned) -> None:
        """Fence the last owner of each partition, then go on from where it committed."""
        try:
            for partition in sorted(assigned):
                await self._take_over(partition)
        except KafkaError as error:
            self._trouble = error

    async def _take_over(self, partition: TopicPartition) -> None:
        producer = AIOKafkaProducer(
            transactional_id=f"{self._settings.group}-{partition.partition}",
            transaction_timeout_ms=30_000,
            max_request_size=2_000_000,
            **self._common,
        )
        try:
            await producer.start()
            committed = await self._consumer.committed(partition)
        except BaseException:
            await _quietly(producer.stop())
            raise
        # All at once, so that the main loop never sees half of it.
        self._next[partition] = committed or 0  # below the first one there is: the earliest
        self._consumer.seek(partition, self._next[partition])
        self._producers[partition] = producer


async def _quietly(closing) -> None:
    """What is being closed after trouble may well complain."""
    try:
        await asyncio.wait_for(closing, CLOSE_S)
    except (KafkaError, TimeoutError) as error:
        log(f"close: {type(error).__name__}")


async def main() -> None:
    """One membership after the other, until asked to stop."""
    settings, stop = from_environment(), Stopper()
    forest = Forest(settings.model_json)
    while not stop.is_set():
        try:
            await Service(settings, forest, stop).run()
        except (KafkaError, TimeoutError) as error:
            log(f"begin anew: {type(error).__name__}")
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(main())
