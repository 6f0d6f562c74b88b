"""Exactly-once: outcomes and offsets together, or both again."""

import time
from threading import Event

import pytest
from builders import FakeClient, FakeProducer, trouble
from confluent_kafka import OFFSET_BEGINNING, KafkaError

from consumer import exactly_once
from consumer.clients import Health
from consumer.errors import CredentialsRefused, Fenced, Stopped, Unreachable
from consumer.exactly_once import ExactlyOnce
from consumer.fetching import Source
from consumer.messages import Outgoing
from consumer.metrics import Metrics
from consumer.processing import BATCH as MOST
from consumer.processing import Batch
from consumer.stopping import GRACE_S, Stop

BATCH = Batch([Outgoing("out", b"k", b"1"), Outgoing("out", b"k", b"2")], {0: 7}, {0: 2}, {})
DONE = ["begin", "offsets", "commit"]


class Setup:
    """A delivery over doubles of both clients; each renewal makes another producer."""

    def __init__(self):
        self.client, self.stop, self.health = FakeClient(), Stop(), Health()
        self.producers = []
        metrics = Metrics()
        source = Source(self.client, "input", self.health, metrics)
        self.delivery = ExactlyOnce(self._make, source, self.health, metrics, self.stop)
        source.join(self.delivery)
        self.client.assign(0)

    def _make(self):
        self.producers.append(FakeProducer())
        return self.producers[-1]

    @property
    def producer(self):
        return self.producers[0]

    def seeks(self):
        return [place for name, place in self.client.calls if name == "seek"]


@pytest.fixture
def setup(monkeypatch):
    monkeypatch.setattr(exactly_once, "STEP_S", 0.02)
    monkeypatch.setattr(exactly_once, "LONGEST_PAUSE_S", 0.01)
    return Setup()


def test_outcomes_and_offsets_are_one_transaction(setup):
    """With the group's generation, and the next offset."""
    setup.delivery.deliver(BATCH)
    assert setup.producer.steps == DONE
    assert [value for _, value, _ in setup.producer.delivered] == [b"1", b"2"]
    assert setup.producer.offsets == {0: 7}
    assert setup.producer.membership == "generation"
    assert setup.delivery.committed == 2


@pytest.mark.parametrize("step", ["offsets", "commit"])
def test_a_retriable_step_is_repeated(setup, step):
    """The same step, with the generation of the batch, and not the whole batch."""
    setup.producer.failures = {step: [trouble(KafkaError._TIMED_OUT, retriable=True)] * 2}
    setup.delivery.deliver(BATCH)
    assert setup.producer.steps.count(step) == 3
    assert setup.producer.steps.count("begin") == 1
    assert setup.delivery.committed == 2


@pytest.mark.parametrize("step", ["produce", "offsets", "commit"])
@pytest.mark.parametrize("stored", [None, 5])
def test_an_abortable_error_aborts_and_rewinds(setup, step, stored):
    """To what is committed, or to the beginning where nothing is."""
    setup.client.stored = {} if stored is None else {0: stored}
    setup.producer.failures = {step: [trouble(KafkaError.ILLEGAL_GENERATION, abort=True)]}
    setup.delivery.deliver(BATCH)
    assert setup.producer.steps[-1] == "abort"
    assert setup.producer.delivered == []
    assert setup.seeks() == [(0, OFFSET_BEGINNING if stored is None else stored)]
    assert setup.delivery.committed == 0
    setup.delivery.deliver(BATCH)
    assert setup.delivery.committed == 2


def test_what_may_be_stored_unheard_is_aborted_by_another_client(setup):
    """Its own would give the next messages numbers that the broker takes for repetitions."""
    setup.producer.away = True
    setup.producer.failures = {"offsets": [trouble(KafkaError.ILLEGAL_GENERATION, abort=True)]}
    setup.delivery.deliver(BATCH)
    assert "abort" not in setup.producer.steps
    assert setup.producers[1].steps == ["init"] and setup.seeks()
    setup.delivery.deliver(BATCH)
    assert setup.delivery.committed == 2


@pytest.mark.parametrize("step", ["begin", "offsets", "commit"])
def test_being_fenced_ends_the_consumer(setup, step):
    """Without an abort, and with nothing visible."""
    setup.producer.failures = {step: [trouble(KafkaError._FENCED, fatal=True)]}
    with pytest.raises(Fenced, match="--instance"):
        setup.delivery.deliver(BATCH)
    assert "abort" not in setup.producer.steps
    assert setup.producer.delivered == []


def test_a_transaction_that_the_brokers_absence_outlived_is_begun_anew(setup, monkeypatch):
    """It looks like a rival; but there was an outage, longer than a transaction may last."""
    monkeypatch.setattr(exactly_once, "TRANSACTION_TIMEOUT_MS", 0)

    def cut_off():
        setup.health.lost_at = time.monotonic()
        return []

    setup.client.batches = [cut_off]
    setup.producer.failures = {
        "commit": [trouble(KafkaError._TRANSPORT, retriable=True),
                   trouble(KafkaError._FENCED, fatal=True)]
    }  # fmt: skip
    setup.delivery.deliver(BATCH)
    assert len(setup.producers) == 2
    assert setup.producers[1].steps == ["init"]
    assert setup.seeks()
    setup.delivery.deliver(BATCH)
    assert setup.delivery.committed == 2


@pytest.mark.parametrize("step", ["begin", "produce", "offsets", "commit"])
def test_a_client_that_lost_count_is_replaced(setup, step):
    """After a lost answer its sequence numbers may not follow; no rival is at work."""
    lost_count = trouble(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, fatal=True)
    setup.producer.failures = {step: [lost_count]}
    setup.delivery.deliver(BATCH)
    assert setup.producers[1].steps == ["init"] and setup.seeks()
    setup.delivery.deliver(BATCH)
    assert setup.delivery.committed == 2


def test_clients_that_fail_one_after_the_other_end_the_consumer(setup, monkeypatch):
    """It says so, and does not try for ever."""
    lost_count = trouble(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, fatal=True)
    monkeypatch.setattr(
        FakeProducer, "begin_transaction", lambda _self: (_ for _ in ()).throw(lost_count)
    )
    for _ in range(exactly_once.MOST_RENEWALS):
        setup.delivery.deliver(BATCH)
    with pytest.raises(Fenced, match="failed for good: OUT_OF_ORDER"):
        setup.delivery.deliver(BATCH)


def test_a_client_that_hangs_is_replaced(setup, monkeypatch):
    """The group is tended meanwhile, and a stop is not held up."""
    monkeypatch.setattr(exactly_once, "HUNG_S", 0.05)
    never = Event()
    setup.producer.send_offsets_to_transaction = lambda *_args: never.wait(5)
    setup.delivery.deliver(BATCH)
    never.set()
    assert 0.0 in setup.client.timeouts
    assert setup.producers[1].steps == ["init"]
    assert setup.delivery.committed == 0


def test_a_full_queue_is_waited_out(setup):
    """No message is dropped for it."""
    setup.producer.full = 2
    setup.delivery.deliver(BATCH)
    assert len(setup.producer.delivered) == 2


def test_transactions_grow_while_they_are_quick_and_shrink_where_they_are_not(setup, monkeypatch):
    """None outlasts its timeout on a slow line, and a fast one is used in full."""
    delivery, least = setup.delivery, setup.delivery.most
    for _ in range(6):
        delivery.deliver(BATCH)
    assert least < delivery.most == MOST
    monkeypatch.setattr(exactly_once, "SLOW_S", -1.0)
    for _ in range(9):
        delivery.deliver(BATCH)
    assert delivery.most == least


def test_a_stop_gives_up_after_its_grace(setup):
    """What is open is aborted by the broker, or by the successor."""
    setup.stop.ask()
    setup.stop._since -= GRACE_S + 1
    setup.producer.failures = {"commit": [trouble(KafkaError._TIMED_OUT, retriable=True)]}
    with pytest.raises(Stopped):
        setup.delivery.deliver(BATCH)


def test_what_is_not_allowed_ends_the_consumer(setup):
    """Also where only the delivery report of a message says so."""
    refusal = trouble(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    setup.producer.refusals = [refusal.args[0]]

    def commit(_timeout):
        setup.producer.flush()
        raise trouble(KafkaError.TOPIC_AUTHORIZATION_FAILED, abort=True)

    setup.producer.commit_transaction = commit
    with pytest.raises(CredentialsRefused):
        setup.delivery.deliver(BATCH)


@pytest.mark.parametrize("step", ["offsets", "commit"])
def test_what_is_not_allowed_ends_it_before_any_delivery_report_says_so(setup, step):
    """The transaction knows first; to do it again and again would look like work."""
    refusal = trouble(KafkaError.TOPIC_AUTHORIZATION_FAILED, abort=True)
    setup.producer.failures = {step: [refusal]}
    with pytest.raises(CredentialsRefused, match="TOPIC_AUTHORIZATION_FAILED"):
        setup.delivery.deliver(BATCH)


def test_the_start_takes_over_or_says_why_not(setup):
    """A coordinator that does not answer is tried until the limit."""
    setup.producer.failures = {"init": [trouble(KafkaError._TIMED_OUT, retriable=True)]}
    setup.delivery.start(5)
    assert setup.producer.steps == ["init", "init"]
    setup.producer.failures = {"init": [trouble(KafkaError._TIMED_OUT)] * 9}
    with pytest.raises(Unreachable):
        setup.delivery.start(0)
    setup.producer.failures = {
        "init": [trouble(KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, fatal=True)]
    }
    with pytest.raises(CredentialsRefused):
        setup.delivery.start(5)
