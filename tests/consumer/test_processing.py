"""Processing: one outcome per record, in order, whatever is wrong with one of them."""

import json

import pytest
from builders import Missing, Record, event

from consumer.dead_lettering import DeadLetters
from consumer.messages import DESERIALIZATION, INFERENCE, SCORED, VALIDATION, Refusal
from consumer.metrics import Metrics
from consumer.model_file import checked, load
from consumer.processing import Processor
from consumer.reading import Reader
from consumer.scoring import Scorer
from testbed.telco.reading import RawRecord, read_prediction


@pytest.fixture(scope="module")
def processor(model_files):
    path = model_files / "model-narrow.skops"
    data, _ = checked(path, None)
    scorer = Scorer(load(data, path), "version-1")
    return Processor(Reader(), scorer, DeadLetters("dead", "group"), "out", Metrics())


def kinds(batch):
    return [
        json.loads(one.value)["error_type"] if one.topic == "dead" else SCORED
        for one in batch.outgoing
    ]


def test_each_record_has_one_outcome_in_its_order(processor):
    """Good and bad mixed: nobody delays or displaces anybody."""
    values = [
        event(customerID="a"), b"{", event(customerID="b"), event(tenure=-1), None,
        event(PaymentMethod="Credit card (automatic)"), event(customerID="c"),
    ]  # fmt: skip
    batch = processor.process(
        [Record(v, offset=10 + n, partition=n % 2) for n, v in enumerate(values)]
    )
    assert kinds(batch) == [
        SCORED, DESERIALIZATION, SCORED, VALIDATION, DESERIALIZATION, INFERENCE, SCORED,
    ]  # fmt: skip
    assert [one.key for one in batch.outgoing if one.topic == "out"] == [b"a", b"b", b"c"]
    assert batch.offsets == {0: 17, 1: 16}
    assert batch.sizes == {0: 4, 1: 3}
    assert batch.counts == {SCORED: 3, DESERIALIZATION: 2, VALIDATION: 1, INFERENCE: 1}


def test_a_prediction_is_as_the_contract_says(processor):
    """Echoed verbatim, keyed by the customerID, whatever the record's own key."""
    odd = 'Zoë \\ "日本"'
    batch = processor.process([Record(event(customerID=odd), key=b"other")])
    (message,) = batch.outgoing
    fields = json.loads(message.value)
    assert fields["customerID"] == odd
    assert fields["event_ts"] == "2026-01-01T00:00:00Z"
    assert fields["model_version"] == "version-1"
    assert fields["prediction"] == int(fields["churn_probability"] > 0.5)
    raw = RawRecord(topic="out", partition=0, offset=0, key=message.key, value=message.value,
                    headers=(), timestamp_ms=0)  # fmt: skip
    assert read_prediction(raw).problems == ()


@pytest.mark.parametrize("values", [[b"{"], [b"{"] * 3, [event(), b"{"], [b"{", event()]])
def test_bad_records_anywhere_in_a_batch(processor, values):
    """First, last, alone, all of them."""
    batch = processor.process([Record(value, offset=n) for n, value in enumerate(values)])
    assert kinds(batch) == [DESERIALIZATION if value == b"{" else SCORED for value in values]


def test_headers_that_cannot_be_read_do_not_stop_the_record(processor):
    """The letter says that they are missing."""
    broken = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid")
    batch = processor.process([Record(b"{", headers=broken), Record(b"{", headers=None)])
    assert ("x-dlq-headers-dropped", b"true") in batch.outgoing[0].headers
    assert len(batch.outgoing[1].headers) == len(batch.outgoing[0].headers) - 1


def test_a_failure_nobody_thought_of_is_a_dead_letter(model_files):
    """Of this one record, with the kind of failure and none of its text."""
    reader = Reader()
    reader._explain = lambda _document: 1 / 0
    (refusal,) = reader.read([event(gender=Missing)])
    assert isinstance(refusal, Refusal)
    assert refusal.error_type == DESERIALIZATION
    assert "ZeroDivisionError" in refusal.message
    assert "division" not in refusal.message
