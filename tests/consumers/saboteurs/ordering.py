"""Sins of order: a customer's later event is scored before an earlier one."""

from consumer import clients
from consumer.processing import Processor
from tests.consumers.saboteurs.changing import client_properties, instead, is_letter
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import MANY, MIXED, ORDER_RESTART


class _Two:
    """Two producers in turn, of which one waits longer for company."""

    def __init__(self, quick, slow):
        self._both, self._turn = (quick, slow), 0

    def produce(self, *args, **kwargs):
        self._turn = 1 - self._turn
        self._both[self._turn].produce(*args, **kwargs)

    def flush(self, timeout: float) -> int:
        return sum(one.flush(timeout) for one in self._both)

    def purge(self) -> None:
        for one in self._both:
            one.purge()

    def __len__(self) -> int:
        return sum(map(len, self._both))


@saboteur("order-per-customer", MANY, source="B-36", quick=True)
def sends_through_two_producers():
    """Has two threads of sending, each in order, and no order between them."""

    @instead(clients, "producer")
    def _(producer, settings, *args, **more):
        return _Two(producer(settings, *args, **more),
                    producer(settings, *args, **more, **{"linger.ms": 60}))  # fmt: skip


@saboteur("order-per-customer", MANY)
def scatters_over_partitions():
    """Has the client choose any output partition, whatever the key."""
    client_properties("Producer", partitioner="random")


@saboteur("order-per-customer", MANY, source="B-30")
def tries_again_behind_the_others():
    """What fails once is sent again at the end of its batch."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        again = [one for n, one in enumerate(batch.outgoing) if n % 50 == 7]
        first = [one for n, one in enumerate(batch.outgoing) if n % 50 != 7]
        batch.outgoing = first + again
        return batch


@saboteur("order-per-customer", ORDER_RESTART, source="B-35")
def begins_with_the_newest():
    """Works off what waited at its start from the newest to the oldest, and then in order."""
    batches = []

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        batches.append(len(records))
        if sum(batches) - len(records) < 100:
            batch.outgoing.reverse()
        return batch


@saboteur("order-per-customer", MIXED, source="B-27")
def overtakes_at_a_bad_record():
    """A bad record splits its batch in two, and the second half goes first."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        bad = next((n for n, one in enumerate(batch.outgoing) if is_letter(one)), 0)
        batch.outgoing = batch.outgoing[bad:] + batch.outgoing[:bad]
        return batch
