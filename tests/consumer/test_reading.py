"""Reading: the fast pass and the strict reader give one answer, and that is the contract's."""

import json

import pytest
from builders import VALID, Missing, event
from hypothesis import given, settings
from hypothesis import strategies as st

from consumer.messages import DESERIALIZATION, SCORED, VALIDATION, Event
from consumer.reading import Reader
from testbed.telco.catalogue import KINDS
from testbed.telco.contract import classify
from testbed.telco.customers import stream

READER = Reader()


def outcome(value: bytes | None, reader: Reader = READER) -> str:
    (read,) = reader.read([value])
    return SCORED if isinstance(read, Event) else read.error_type


def strict(value: bytes) -> object:
    return READER._strict(value)


def test_a_valid_event_is_read_verbatim():
    """customerID and event_ts come out as they came in, the features in the model's order."""
    (read,) = READER.read([event(customerID="Zoë-日本", TotalCharges=29.85)])
    assert read.customer_id == "Zoë-日本"
    assert read.event_ts == "2026-01-01T00:00:00Z"
    assert read.features[:4] == (0, 1, 29.85, 29.85)
    assert read.features[-1] == "Electronic check"


@pytest.mark.parametrize(
    "value",
    [
        event(customerID=Missing)[:-1] + b',"customerID":"a","customerID":"a"}',
        event()[:-1] + b',"tenure":1}',
        event()[:-1] + b',"note":1,"note":2}',
        event()[:-1] + b',"note":{"a":1,"a":2}}',
        event()[:-1] + b',"note":"\xff"}',
        event()[:-1] + b',"\xff":1}',
        event()[:-1] + b',"note":NaN}',
        event()[:-1] + b',"note":-Infinity}',
        event(customerID="a\\")[:-1] + b',"n":1,"n":2}',
        event(customerID='a"b')[:-1] + b',"n":"\\"","n":2}',
        b"\xef\xbb\xbf" + event(),
        event().decode().encode("utf-16"),
        event().decode().encode("utf-16-le"),
        event().decode().encode("utf-32-be"),
        b"",
        b" \n",
        event() + b"x",
        event() + event(),
        event()[:-1],
        None,
    ],
)
def test_what_is_not_json_is_a_deserialization_error(value):
    """Repeated keys and broken bytes count anywhere, also in fields that nobody asked for."""
    assert outcome(value) == DESERIALIZATION


@pytest.mark.parametrize(
    "changes",
    [
        {"tenure": True},
        {"SeniorCitizen": False},
        {"MonthlyCharges": "29.85"},
        {"tenure": -1},
        {"tenure": 101},
        {"MonthlyCharges": 200.01},
        {"TotalCharges": 1_000_000.5},
        {"TotalCharges": "1000000.5"},
        {"TotalCharges": "+1"},
        {"TotalCharges": "١٢"},
        {"TotalCharges": "1_0"},
        {"TotalCharges": " 12"},
        {"TotalCharges": None},
        {"customerID": ""},
        {"customerID": "x" * 65},
        {"customerID": "a\u0000"},
        {"customerID": "a\u0085"},
        {"customerID": 7},
        {"gender": "female"},
        {"gender": Missing},
        {"event_ts": "2026-02-29T00:00:00Z"},
        {"event_ts": "2026-01-01 00:00:00Z"},
        {"event_ts": "2026-01-01T24:00:00Z"},
        {"event_ts": "2026-01-01T00:00:00+01:00"},
        {"event_ts": "2026-01-01T00:00:00Z\n"},
    ],
)
def test_what_breaks_a_rule_is_a_validation_error(changes):
    """Types, ranges, lists, lengths and times; the message shows path and types only."""
    (refusal,) = READER.read([event(**changes)])
    assert refusal.error_type == VALIDATION
    (name, value), *_ = changes.items()
    assert f"`$.{name}`" in refusal.message
    assert not isinstance(value, str) or len(value) < 3 or value not in refusal.message


@pytest.mark.parametrize(
    "changes",
    [
        {"TotalCharges": ""},
        {"TotalCharges": "   "},
        {"TotalCharges": "0012.50"},
        {"TotalCharges": 1_000_000},
        {"event_ts": "2024-02-29T23:59:59.123456789Z"},
        {"customerID": "x" * 64},
        {"customerID": "a\u00a0b\u200b"},
        {"customerID": '\\"'},
        {"Churn": "Yes"},
        {"Churn": {"deep": [1, {"a": '"'}]}},
        {"extra": 'quo"te\\'},
        {"MonthlyCharges": 0},
    ],
)
def test_what_the_contract_allows_is_read(changes):
    """Blank totals, leap days, any script, fields that nobody asked for."""
    assert outcome(event(**changes)) == SCORED


def test_every_kind_of_the_catalogue_gets_a_right_outcome():
    """For all bad and odd records that the suite knows, the answer is one that it admits."""
    seen = {kind.slug: (kind.write(dict(VALID)), kind) for kind in KINDS}
    wrong = [
        (slug, outcome(value), kind.admits)
        for slug, (value, kind) in seen.items()
        if outcome(value) not in classify(value)
    ]
    assert len(seen) > 50
    assert not wrong


def test_a_stream_of_events_gets_right_outcomes_and_mostly_the_fast_pass():
    """The fast pass takes what is plain, and the strict reader never disagrees with it."""
    values = [draft.value for draft in stream(11, 5000)]
    fast = READER._plain(values)
    assert sum(one is not None for one in fast) > 0.9 * len(values)
    assert all(strict(value) == one for value, one in zip(values, fast, strict=True) if one)
    assert all(outcome(value) in classify(value) for value in values)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_events_are_never_read_as_something_else(data):
    """Whatever the fast pass accepts of damaged bytes, the strict reader reads the same."""
    value = bytearray(event(TotalCharges=data.draw(st.sampled_from(["1.5", 1.5, "", 7]))))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(value)))
        end = data.draw(st.integers(start, min(len(value), start + 20)))
        piece = data.draw(
            st.sampled_from([b"", b'"', b"\\", b'\\"', b"{", b"}", b",", b"\xff", b'"a":1,', b"0"])
            | st.binary(max_size=3)
            | st.just(bytes(value[end : end + 25]))
        )
        value[start:end] = piece
    damaged = bytes(value)
    fast = READER._plain([damaged])[0]
    assert fast is None or fast == strict(damaged)
    assert outcome(damaged) in classify(damaged)


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_type_anywhere_gets_a_right_outcome(odd):
    """A field of any JSON type ends as the contract says."""
    value = json.dumps(VALID | {"tenure": odd}).encode()
    assert outcome(value) in classify(value)


def test_deep_nesting_and_huge_numbers_are_refused_and_nothing_breaks():
    """Neither the parser's stack nor its limit on digits takes the consumer down."""
    for value in (b"[" * 100_000, event()[:-1] + b',"x":' + b"[" * 5000 + b"]" * 5000 + b"}"):
        assert outcome(value) == DESERIALIZATION
    assert outcome(event(tenure=0).replace(b'"tenure": 0', b'"tenure": 1' + b"0" * 5000)) in (
        DESERIALIZATION,
        VALIDATION,
    )


def test_without_validation_what_can_be_scored_is_read():
    """Ranges, lists and formats are not checked then; what a score or an answer needs is."""
    reader = Reader(validates=False)
    assert outcome(event(tenure=500, gender="?", event_ts="now"), reader) == SCORED
    assert outcome(event(tenure="1"), reader) == VALIDATION
    assert outcome(event(customerID=Missing), reader) == VALIDATION
    assert outcome(b"{", reader) == DESERIALIZATION
