"""At-least-once: committed is exactly what was acknowledged, never more, never less for long."""

from threading import Event

import pytest
from builders import FakeClient, FakeProducer, trouble
from confluent_kafka import KafkaError

from consumer import at_least_once
from consumer.at_least_once import LARGE, AtLeastOnce
from consumer.clients import Health
from consumer.dead_lettering import size
from consumer.errors import CredentialsRefused, Fenced, Stopped
from consumer.fetching import Source
from consumer.messages import Outgoing
from consumer.metrics import Metrics
from consumer.processing import Batch
from consumer.stopping import GRACE_S, Stop


class Setup:
    """A delivery over doubles of both clients."""

    def __init__(self):
        self.client, self.producer, self.stop = FakeClient(), FakeProducer(), Stop()
        health, self.metrics = Health(), Metrics()
        source = Source(self.client, "input", health, self.metrics)
        self.delivery = AtLeastOnce(self.producer, source, health, self.metrics, self.stop)
        source.join(self.delivery)
        self.client.assign(0, 1)

    def outcomes(self):
        return self.metrics.registry.get_sample_value(
            "churn_consumer_outcomes_total", {"outcome": "scored"}
        )


@pytest.fixture
def setup():
    return Setup()


def batch(count=3, start=0, partition=0) -> Batch:
    return Batch(
        outgoing=[Outgoing("out", b"k", b"%d" % (start + n)) for n in range(count)],
        offsets={partition: start + count},
        sizes={partition: count},
        counts={"scored": count},
    )


def values(producer):
    return [int(value) for _, value, _ in producer.delivered]


def test_a_batch_is_delivered_and_committed(setup):
    """All messages in order, then the next offset, then the count."""
    setup.delivery.deliver(batch())
    assert values(setup.producer) == [0, 1, 2]
    assert setup.client.stored == {0: 3}
    assert setup.delivery.committed == 3
    assert setup.delivery.pending == 0
    assert setup.outcomes() == 3


def test_nothing_is_committed_before_all_is_delivered(setup):
    """The commit waits for the last acknowledgement."""
    seen = []
    setup.producer.away = True

    def back(*_args):
        seen.append(dict(setup.client.stored))
        setup.producer.away = len(seen) < 3
        return []

    setup.client.batches = [back] * 3
    setup.delivery.deliver(batch())
    assert seen == [{}, {}, {}]
    assert setup.client.stored == {0: 3}


def test_a_large_batch_is_on_its_way_while_the_next_is_worked_on(setup):
    """Its commit comes with the next batch or with a lull, and never before it is all there."""
    setup.producer.away = True
    setup.delivery.deliver(batch(LARGE))
    assert setup.client.stored == {}
    assert setup.delivery.pending == LARGE
    setup.producer.away = False
    setup.delivery.deliver(batch(LARGE, start=LARGE))
    assert setup.client.stored == {0: LARGE}
    setup.delivery.settle()
    assert setup.client.stored == {0: 2 * LARGE}
    assert values(setup.producer) == list(range(2 * LARGE))


def test_never_more_than_two_batches_are_in_memory(setup, monkeypatch):
    """Where the first of two does not get there, both are waited for."""
    monkeypatch.setattr("consumer.at_least_once.REVOKE_S", 0.01)
    setup.producer.away = True
    setup.delivery.deliver(batch(LARGE))

    def back(*_args):
        assert setup.client.stored == {}
        setup.producer.away = False
        return []

    setup.client.batches = [back]
    setup.delivery.deliver(batch(LARGE, start=LARGE))
    assert setup.client.stored == {0: 2 * LARGE}


def test_what_is_on_its_way_is_committed_before_its_partition_goes(setup):
    """A rebalance waits for the work in flight, and nothing is done twice for it."""
    setup.delivery.deliver(batch(LARGE))
    assert setup.client.stored == {}
    setup.client.revoke(0)
    assert setup.client.stored == {0: LARGE}


def test_a_refused_commit_lets_no_partition_of_a_waiting_batch_go(setup):
    """The group is only tended to when no batch waits to be sent."""
    setup.delivery.deliver(batch(LARGE))
    setup.client.commit_errors = [trouble(KafkaError.REBALANCE_IN_PROGRESS)]
    setup.client.batches = [lambda: pytest.fail("tended")]
    setup.delivery.deliver(batch(LARGE, start=LARGE))
    assert setup.client.stored == {}


def test_refused_messages_are_sent_again_until_they_are_there(setup):
    """A delivery that fails is never taken for done, whatever the passing reason."""
    codes = (KafkaError._UNKNOWN_TOPIC, KafkaError.NOT_ENOUGH_REPLICAS, KafkaError._MSG_TIMED_OUT)
    setup.producer.refusals = [trouble(code).args[0] for code in codes]
    setup.delivery.deliver(batch())
    assert sorted(values(setup.producer)) == [0, 1, 2]
    assert setup.client.stored == {0: 3}


def test_a_full_queue_is_waited_out(setup):
    """The queue bounds the memory, and no message is dropped for it."""
    setup.producer.full = 2
    setup.delivery.deliver(batch())
    assert values(setup.producer) == [0, 1, 2]


def test_a_letter_that_is_too_large_is_sent_smaller(setup):
    """Where the topic's limit is below what it was thought to be."""
    value = b'{"original_message":"%s","original_message_encoding":"utf-8"}' % (b"x" * 9000)
    letter = Outgoing("dead", b"k", value, [("x-dlq-error-type", b"e")])
    setup.producer.refusals = [trouble(KafkaError.MSG_SIZE_TOO_LARGE).args[0]] * 2
    setup.delivery.deliver(Batch([letter], {0: 1}, {0: 1}, {}))
    ((_, kept, _),) = setup.producer.delivered
    assert size(letter._replace(value=kept)) < 0.6 * size(letter)
    assert b'"original_message_length":9000' in kept


def test_a_lost_broker_is_told_while_a_commit_waits_for_it(setup, monkeypatch):
    """The callback that tells of it runs in the producer's poll, and there alone."""
    monkeypatch.setattr(at_least_once, "STEP_S", 0.01)
    told, commit = Event(), setup.client.commit
    setup.producer.poll = lambda _timeout=0: told.set()

    def commit_once_told(**asked):
        assert told.wait(5), "nobody polled"
        return commit(**asked)

    setup.client.commit = commit_once_told
    setup.delivery.deliver(batch())
    assert setup.client.stored == {0: 3}


def test_a_refused_commit_is_tried_again(setup):
    """While the partition is ours nothing that was delivered stays uncommitted."""
    setup.client.commit_errors = [trouble(KafkaError.REBALANCE_IN_PROGRESS)]
    setup.delivery.deliver(batch())
    assert setup.delivery.committed == 0
    assert setup.delivery.pending == 3
    setup.delivery.deliver(batch(2, start=3))
    assert setup.client.stored == {0: 5}
    assert setup.delivery.committed == 5
    assert setup.outcomes() == 5


def test_a_revoked_partition_is_committed_before_it_goes(setup):
    """The next owner starts behind what is done."""
    setup.client.commit_errors = [trouble(KafkaError.REBALANCE_IN_PROGRESS)]
    setup.delivery.deliver(batch())
    setup.client.revoke(0)
    assert setup.client.stored == {0: 3}


def test_a_lost_partition_is_not_committed(setup):
    """Its offsets belong to somebody else, also when other partitions are committed."""
    setup.client.commit_errors = [trouble(KafkaError.UNKNOWN_MEMBER_ID)]
    setup.delivery.deliver(batch())
    setup.client.lose(0)
    setup.delivery.deliver(batch(1, partition=1))
    assert setup.client.stored == {1: 1}
    assert setup.delivery.committed == 1


def test_a_partition_revoked_during_delivery_is_not_committed_later(setup, monkeypatch):
    """Work that does not get done within the moment that a rebalance gives is let go."""
    monkeypatch.setattr("consumer.at_least_once.REVOKE_S", 0.01)
    setup.producer.away = True

    def rebalance():
        setup.client.revoke(0)
        setup.producer.away = False
        return []

    setup.client.batches = [rebalance]
    setup.delivery.deliver(batch())
    assert setup.client.stored == {}
    assert setup.delivery.committed == 0


def test_a_stop_gives_up_after_its_grace(setup, monkeypatch):
    """An absent broker does not hold up the end; nothing is committed."""
    setup.producer.away = True
    setup.stop.ask()
    setup.stop._since -= GRACE_S + 1
    with pytest.raises(Stopped):
        setup.delivery.deliver(batch())
    assert setup.client.stored == {}
    setup.delivery.close()
    assert len(setup.producer) == 0
    setup.client.revoke(0, 1)  # as it leaves the group
    assert setup.client.stored == {}


@pytest.mark.parametrize(
    ("code", "kind"),
    [(KafkaError.TOPIC_AUTHORIZATION_FAILED, CredentialsRefused), (KafkaError._FATAL, Fenced)],
)
def test_what_no_retry_cures_ends_the_consumer(setup, code, kind):
    """Uncommitted, with the reason."""
    setup.producer.refusals = [trouble(code, fatal=kind is Fenced).args[0]]
    with pytest.raises(kind):
        setup.delivery.deliver(batch())
    setup.delivery.close()
    setup.client.revoke(0, 1)  # as it leaves the group: what was refused must come again
    assert setup.client.stored == {}
