"""The source: batches, membership while waiting, and what a rebalance takes away."""

import pytest
from builders import FakeClient, Record, trouble
from confluent_kafka import OFFSET_BEGINNING, KafkaError

from consumer import fetching
from consumer.clients import Health
from consumer.errors import CredentialsRefused, Fenced
from consumer.fetching import BATCH_BYTES, Source
from consumer.metrics import Metrics


class Owner:
    """Notes what it is told to let go."""

    def __init__(self):
        self.told = []

    def revoked(self, partitions):
        self.told.append(("revoked", partitions))

    def lost(self, partitions):
        self.told.append(("lost", partitions))


def joined(*batches, partitions=(0, 1)):
    client, owner = FakeClient(batches), Owner()
    source = Source(client, "input", Health(), Metrics())
    source.join(owner)
    client.assign(*partitions)
    client.calls.clear()
    return client, source, owner


def records(*offsets, partition=0):
    return [Record(b"", offset=offset, partition=partition) for offset in offsets]


def offsets(fetched):
    return [record.offset() for record in fetched]


def test_a_batch_is_what_is_there_up_to_the_most():
    """One wait for a first record, then what is there, never more than asked for."""
    _, source, _ = joined(records(1), records(2, 3, 4))
    assert offsets(source.fetch(3)) == [1, 2, 3]
    assert offsets(source.fetch(3)) == [4]
    assert source.fetch(3) == []


def test_what_comes_close_behind_the_first_record_is_gathered():
    """For so long as it was told; by itself a batch waits for nothing."""
    for gather_s in (0.0, 0.004):
        client = FakeClient([records(1), records(2)])
        source = Source(client, "input", Health(), Metrics(), gather_s=gather_s)
        source.join(Owner())
        client.assign(0)
        assert offsets(source.fetch(3)) == [1, 2]
        assert client.timeouts[1] == gather_s


def test_what_was_taken_before_its_partition_went_and_came_back_comes_once():
    """It is read again from what is committed; seen once in twenty runs of the suite."""
    client = FakeClient([records(1)])

    def regrouped():
        client.revoke(0)
        client.assign(0)
        return records(1, 2)

    client.batches.append(regrouped)
    source = Source(client, "input", Health(), Metrics(), gather_s=0.004)
    source.join(Owner())
    client.assign(0)
    assert offsets(source.fetch(10)) == [1, 2]


def test_what_is_held_of_a_partition_that_went_and_came_back_comes_once():
    """The same while nothing can be taken."""
    client, source, _ = joined(records(1))

    def regrouped():
        client.revoke(0)
        client.assign(0)
        return records(1, 2)

    client.batches.append(regrouped)
    source.tend()
    source.tend()
    assert offsets(source.fetch(10)) == [1, 2]


def test_what_was_done_before_a_partition_came_does_not_come_again():
    """librdkafka began once where it had been when it last had the partition, for one record."""
    client, source, _ = joined(records(0, 5, 6), records(0, 1))
    client.revoke(0)
    client.stored = {0: 5}
    client.assign(0)
    assert offsets(source.fetch(10)) == [5, 6]
    client.revoke(0)
    client.stored = {}
    client.assign(0)
    assert offsets(source.fetch(10)) == [0, 1]


def test_of_a_partition_that_its_broker_cut_short_nothing_is_left_out():
    """Its offsets begin anew below what was committed: left out, they would be lost unseen."""
    client, source, _ = joined(records(0, 1), records(2, 7))
    client.revoke(0)
    client.stored, client.ends = {0: 5}, {0: 2}
    client.assign(0)
    assert offsets(source.fetch(2)) == [0, 1]
    client.ends = {0: 8}
    assert offsets(source.fetch(2)) == [2, 7]


def test_what_is_committed_and_not_told_keeps_nothing_back(monkeypatch):
    """A broker that does not tell just then; whoever asks with the fetch itself asks again."""
    client, source, _ = joined(records(0))
    client.revoke(0)

    def refused(places, timeout):
        raise trouble(KafkaError.REQUEST_TIMED_OUT)

    monkeypatch.setattr(client, "committed", refused)
    client.assign(0)
    assert offsets(source.fetch(10)) == [0]


def test_large_records_come_a_few_at_a_time():
    """In order, each once, at least one; meanwhile no more are taken from the client."""
    half, small = b"x" * (BATCH_BYTES // 2), b"{}"
    values = [half, half, small, 3 * half, None, small]
    first = [Record(value, offset=offset) for offset, value in enumerate(values)]
    client, source, _ = joined(first, records(6))
    fetched = [offsets(source.fetch(10)) for _ in range(2)]
    assert client.batches
    fetched += [offsets(source.fetch(10)) for _ in range(2)]
    assert fetched == [[0, 1], [2], [3], [4, 5, 6]]


def test_records_that_come_while_tending_are_kept():
    """Nothing that the client handed over is dropped, and the order stays."""
    _, source, _ = joined(records(1, 2, 3), records(4))
    source.tend()
    assert offsets(source.fetch(2)) == [1, 2]
    assert offsets(source.fetch(2)) == [3, 4]


def test_tending_takes_one_record_at_a_time_and_pauses_nothing():
    """librdkafka drops a pause or resume that meets its own: a partition stood still for good."""
    client, source, _ = joined(records(1, 2, 3), records(4))
    source.tend()
    client.assign(2)
    source.tend()
    assert offsets(source.fetch(1)) == [1]
    assert offsets(source.fetch(9)) == [2, 3]
    assert offsets(source.fetch(9)) == [4]
    assert [name for name, _ in client.calls] == ["incremental_assign"]


@pytest.fixture
def full(monkeypatch):
    """A source that holds more than a batch: partitions 0 and 1 are paused; the clock's hand."""
    monkeypatch.setattr(fetching, "HELD", 2)
    clock = [1000.0]
    monkeypatch.setattr(fetching.time, "monotonic", lambda: clock[0])
    first, second = records(1, 2, 3), records(1, partition=1)
    client, source, _ = joined(first, second, partitions=(0, 1, 2))
    for _ in range(5):
        source.tend()
    assert client.calls == [("pause", [0]), ("pause", [1])]
    client.calls.clear()
    return client, source, clock


def test_what_was_paused_is_resumed_and_once_more_after_a_while(full):
    """Should the first resume have been dropped; where it was not, the second does nothing."""
    client, source, clock = full
    assert offsets(source.fetch(9)) == [1, 2, 3, 1]
    clock[0] += 0.9
    source.fetch(9)
    assert client.calls == [("resume", [0, 1])]
    clock[0] += 0.2
    source.fetch(9)
    source.fetch(9)
    assert client.calls == [("resume", [0, 1])] * 2


def test_what_is_paused_again_is_resumed_and_what_is_gone_is_not(full):
    """The time until the second resume begins anew."""
    client, source, clock = full
    source.fetch(2)
    client.batches.append(records(4, 5, 6))
    for _ in range(3):
        source.tend()
    client.revoke(1)
    client.calls.clear()
    clock[0] += 2
    source.fetch(1)
    assert client.calls == [("resume", [0])]


def test_a_partition_that_was_lost_while_paused_is_resumed_before_it_returns(full):
    """The client keeps the pause over a loss: without this it would stand still for good."""
    client, source, _ = full
    client.lose(0, 1)
    source.fetch(1)
    client.calls.clear()
    client.assign(0, 1)
    assert client.calls == [("resume", [0, 1]), ("incremental_assign", [0, 1])]


def test_a_partition_that_goes_takes_its_records_along():
    """What was fetched and not handed on belongs to the next owner now."""
    client, source, owner = joined(records(1) + records(5, partition=1))
    source.tend()
    client.revoke(0)
    assert offsets(source.fetch(9)) == [5]
    assert owner.told == [("revoked", {0})]
    client.lose(1)
    assert owner.told[-1] == ("lost", {1})
    assert source.assigned == set()


def test_a_rebalance_inside_a_fetch_drops_what_was_just_taken():
    """The owner is told first; the records of the lost partition are not handed out."""
    client, source, _ = joined(records(1))

    def rebalanced():
        client.revoke(0)
        return records(9, partition=1)

    client.batches.append(rebalanced)
    assert offsets(source.fetch(5)) == [9]


def test_rewinding_goes_to_the_committed_offset_or_to_the_beginning():
    """Held records go too: they come again from there."""
    client, source, _ = joined(records(7))
    source.tend()
    client.stored = {0: 7}
    source.rewind()
    seeks = [place for name, place in client.calls if name == "seek"]
    assert sorted(seeks) == [(0, 7), (1, OFFSET_BEGINNING)]
    assert source.fetch(5) == []


def test_an_error_of_the_client_is_no_record():
    """Passing trouble is tried on; what no retry cures ends the consumer."""
    error = trouble(KafkaError.UNKNOWN_TOPIC_OR_PART).args[0]
    _, source, _ = joined([Record(None, error=error), *records(1)])
    assert offsets(source.fetch(5)) == [1]
    for code, kind in (
        (KafkaError.GROUP_AUTHORIZATION_FAILED, CredentialsRefused),
        (KafkaError._FATAL, Fenced),
    ):
        error = trouble(code, fatal=code == KafkaError._FATAL).args[0]
        _, source, _ = joined([Record(None, error=error)])
        with pytest.raises(kind):
            source.fetch(5)
