"""Sins against exactly-once: what is declared as one step happens in two, or not at all."""

import os
import secrets
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from consumer import clients
from consumer.exactly_once import ExactlyOnce, _AbortedError
from consumer.fetching import Source
from consumer.loop import Loop
from consumer.messages import Outgoing
from consumer.processing import Batch
from tests.consumers.saboteurs.changing import client_properties, instead, is_letter
from tests.consumers.saboteurs.rebalancing import COMMIT_EVERY_S, hold_back
from tests.consumers.saboteurs.saboteur import AT_LEAST_ONCE, EXACTLY_ONCE, saboteur
from tests.consumers.saboteurs.scenarios import (
    ABANDONED,
    CANCELLED,
    FINAL_LATE,
    FROZEN_LONG,
    IDLE_RESTART,
    KILLED_BEFORE,
    LOOKED_AT,
    NAMESAKE,
    REFUSED_BRIEFLY,
    REFUSED_FIRST,
    STOPPED,
)

STEP_S = 10.0
PATIENCE_S = 3.0
AGAIN_S = 0.5  # many wait as long before they try again after a refusal


@saboteur("no-duplicates", KILLED_BEFORE, delivery=EXACTLY_ONCE, runs=AT_LEAST_ONCE, source="B-47")
def has_no_transactions_at_all():
    """Declares exactly-once, and is a plain at-least-once service."""


def _outcomes_alone(self: ExactlyOnce, batch: Batch) -> None:
    """A transaction without the offsets of what it answers."""
    self._producer.begin_transaction()
    for message in batch.outgoing:
        self._produce(message)
    self._producer.commit_transaction(STEP_S)


@saboteur("no-loss", KILLED_BEFORE, delivery=EXACTLY_ONCE, source="B-47")
def commits_offsets_before_the_transaction():
    """Counts work as done, and then begins the transaction with its answers."""

    @instead(ExactlyOnce, "_transact")
    def _(_transact, self, batch: Batch):
        self._source.commit(batch.offsets)
        _outcomes_alone(self, batch)


@saboteur("no-duplicates", KILLED_BEFORE, delivery=EXACTLY_ONCE, source="B-47", also="stops-clean")
def commits_offsets_behind_the_transaction():
    """Answers are out for good at once; that they are is written down once a second."""
    known: dict[int, int] = {}
    last = [0.0]

    @instead(ExactlyOnce, "_transact")
    def _(_transact, self, batch: Batch):
        _outcomes_alone(self, batch)
        known.update(batch.offsets)
        self.settle()

    @instead(ExactlyOnce, "settle")
    def _(_settle, self):
        if known and time.monotonic() - last[0] > COMMIT_EVERY_S:
            self._source.commit(dict(known))
            known.clear()
            last[0] = time.monotonic()

    @instead(Loop, "_finish")
    def _(_finish, self):
        last[0] = 0.0
        self._delivery.settle()


@saboteur("no-duplicates", KILLED_BEFORE, delivery=EXACTLY_ONCE, source="B-14")
def sends_letters_beside_the_transaction():
    """Predictions go with the transaction, dead letters go by themselves."""

    known: list = []

    @instead(clients, "producer")
    def _(producer, *args, **more):
        if not known:
            known.append(producer(*args))
        return producer(*args, **more)

    @instead(ExactlyOnce, "_produce")
    def _(produce, self, message: Outgoing):
        if not is_letter(message):
            return produce(self, message)
        known[0].produce(message.topic, message.value, message.key, headers=message.headers)
        return known[0].flush(STEP_S)


@saboteur("no-loss", LOOKED_AT, delivery=EXACTLY_ONCE, source="B-50", also=("lag-returns",))
def aborts_and_goes_on():
    """Aborts a transaction now and then, and does not go back to its records."""
    turns: list[int] = []

    @instead(ExactlyOnce, "_transact")
    def _(transact, self, batch):
        turns.append(1)
        if len(turns) % 4 == 0:
            self._producer.begin_transaction()
            raise _AbortedError(KafkaError(KafkaError._TIMED_OUT))
        transact(self, batch)

    @instead(ExactlyOnce, "_rewind")
    def _(_rewind, _self):
        return None


@saboteur("commit-reaches-end", IDLE_RESTART, delivery=EXACTLY_ONCE, source="B-51",
          also=("restart-idle", "no-duplicates", "lag-returns"))  # fmt: skip
def sends_the_last_offset_with_the_transaction():
    """The offset in the transaction is the last record's and not the next one's."""

    @instead(Source, "positions")
    def _(positions, self, offsets):
        return positions(self, {partition: offset - 1 for partition, offset in offsets.items()})


@saboteur("lag-returns", KILLED_BEFORE, delivery=EXACTLY_ONCE, source="B-49")
def has_a_new_name_at_each_start():
    """A random transactional id and a long timeout: what a crash left open blocks all."""
    clients.TRANSACTION_TIMEOUT_MS = 600_000

    @instead(clients, "transactional_id")
    def _(transactional_id, settings):
        return f"{transactional_id(settings)}-{secrets.token_hex(4)}"


@saboteur("zombie-adds-nothing", FROZEN_LONG, delivery=EXACTLY_ONCE, source="B-47 B-44", quick=True,
          also=("commit-not-ahead", "commit-monotone", "order-per-customer", "commit-reaches-end",
                "lag-returns", "stops-clean"))  # fmt: skip
def goes_on_where_it_froze():
    """Answers what it had in hand, and asks nobody whether it is still a member."""
    hold_back(500)

    @instead(ExactlyOnce, "_transact")
    def _(_transact, self, batch: Batch):
        _outcomes_alone(self, batch)
        try:
            self._source.commit(batch.offsets)
        except KafkaException:
            time.sleep(0.01)


@saboteur("aborted-invisible", CANCELLED, delivery=EXACTLY_ONCE, source="B-52", quick=True)
def answers_cancelled_events():
    """Reads what is not committed, and so what was taken back."""
    client_properties("Consumer", isolation_level="read_uncommitted")


@saboteur("aborted-invisible", ABANDONED, delivery=EXACTLY_ONCE, source="B-52")
def loses_patience_with_a_sender():
    """Reads what is committed, until nothing comes; then it takes what stands behind anyway."""

    @instead(Source, "fetch")
    def _(fetch, self, room):
        records = fetch(self, room)
        if not records and self.assigned:
            records = _peek(self._client, room)
        return records


def _peek(client: Consumer, most: int) -> list:
    """Records beyond the client's positions, undecided ones too; its positions go behind them."""
    places = client.committed(client.assignment(), timeout=5)
    peeking = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            "group.id": f"peeking-{os.getpid()}", "isolation.level": "read_uncommitted",
            "auto.offset.reset": "earliest", "enable.auto.commit": False,
        }
    )  # fmt: skip
    peeking.assign(places)
    found = [one for one in peeking.consume(most, 0.5) if not one.error()]
    peeking.close()
    for place in {one.partition(): one for one in found}.values():
        client.seek(TopicPartition(place.topic(), place.partition(), place.offset() + 1))
    return found


@saboteur("no-loss", STOPPED, delivery=EXACTLY_ONCE, source="B-49",
          also=("stops-clean", "lag-returns"))  # fmt: skip
def stops_in_the_middle_of_a_transaction():
    """Begins one more transaction when it is asked to stop, and neither commits nor aborts it."""
    has_a_new_name_at_each_start()

    @instead(Loop, "_finish")
    def _(_finish, self):
        batch, delivery = self._processor.process(self._source.fetch(100)), self._delivery
        delivery._producer.begin_transaction()
        for message in batch.outgoing:
            delivery._produce(message)
        delivery._producer.flush(STEP_S)
        os._exit(0)


@saboteur("no-loss", NAMESAKE, delivery=EXACTLY_ONCE, source="B-48", also=("lag-returns",))
def takes_its_name_back_and_goes_on():
    """Put out by a namesake, it begins a new client, and takes the batch in hand for delivered."""

    @instead(ExactlyOnce, "_renew_unless_fenced")
    def _(_renew_unless_fenced, self, error, _begun):
        self._renew(error.name())

    @instead(ExactlyOnce, "_rewind")
    def _(_rewind, _self):
        return None


@saboteur("no-loss", REFUSED_BRIEFLY, delivery=EXACTLY_ONCE, source="B-50",
          also=("lag-returns",))  # fmt: skip
def goes_on_behind_what_was_refused():
    """Goes on behind a batch that was refused; it ends at the third refusal in a row, and heals."""
    failed: list[int] = []

    @instead(ExactlyOnce, "_transact")
    def _(transact, self, batch: Batch):
        transact(self, batch)
        failed.clear()

    @instead(ExactlyOnce, "_rewind")
    def _(_rewind, _self):
        failed.append(1)
        if len(failed) == 3:
            os._exit(1)
        time.sleep(AGAIN_S)


@saboteur("no-loss", REFUSED_FIRST, delivery=EXACTLY_ONCE, source="B-50",
          also=("lag-returns",))  # fmt: skip
def goes_back_only_where_it_had_been():
    """Goes back to what is committed after an abort, and nowhere where nothing is."""

    @instead(Source, "rewind")
    def _(_rewind, self):
        self._go_on()
        self._held.clear()
        for place in self._client.committed(self._partitions(self.assigned), timeout=STEP_S):
            if place.offset >= 0:
                self._client.seek(place)


@saboteur("no-duplicates", FINAL_LATE, delivery=EXACTLY_ONCE, source="B-10", also=("no-loss",))
def takes_a_late_answer_for_a_no():
    """What was not confirmed for three seconds it does again, from memory and by a new client."""
    held: list[Batch] = []

    @instead(ExactlyOnce, "_transact")
    def _(transact, self, batch: Batch):
        held[:] = [batch]
        transact(self, batch)
        held.clear()

    @instead(ExactlyOnce, "_insist")
    def _(insist, self, step):
        end = time.monotonic() + PATIENCE_S

        def impatient():
            try:
                return step()
            except KafkaException as error:
                if time.monotonic() < end:
                    raise
                raise _AbortedError(error.args[0]) from error

        return insist(self, impatient)

    @instead(ExactlyOnce, "_rewind")
    def _(_rewind, self):
        if held:
            self.deliver(held[0])
