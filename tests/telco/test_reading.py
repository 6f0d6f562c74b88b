"""Predictions: each breach of the agreed form is one sentence, and nothing makes reading fail."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbed.history import DEAD_LETTERS, PREDICTIONS, Outcome
from testbed.telco.reading import RawRecord, read_dead_letter, read_prediction

PREDICTION = {
    "customerID": "C-1", "prediction": 1, "churn_probability": 0.75, "model_version": "1",
    "event_ts": "2026-01-01T00:00:00Z", "processed_ts": "2026-01-01T00:00:00.123456+00:00",
}  # fmt: skip
ABSENT = object()
STORED_MS = 1767225600_500  # half a second into that year


def raw(
    value: bytes | None, key: bytes | None = b"C-1", headers=(), stored_ms: int | None = STORED_MS
) -> RawRecord:
    return RawRecord(
        topic="p", partition=1, offset=7, key=key, value=value, headers=headers,
        timestamp_ms=stored_ms,
    )  # fmt: skip


def changed(**fields: object) -> bytes:
    whole = {**PREDICTION, **fields}
    return json.dumps({k: v for k, v in whole.items() if v is not ABSENT}).encode()


def test_a_right_prediction_has_no_problem_and_is_read_whole():
    outcome = read_prediction(raw(changed(), headers=(("a", None),)))
    assert outcome == Outcome(
        role=PREDICTIONS, partition=1, offset=7, timestamp_ms=STORED_MS, key=b"C-1",
        value=changed(), headers=(("a", None),), identity="C-1|2026-01-01T00:00:00Z", entity="C-1",
        score=0.75, label=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"more": {"a": [None]}},
        {"prediction": 0, "churn_probability": 0},
        {"prediction": 1.0, "churn_probability": 1},
        {"churn_probability": 5e-324},
        {"processed_ts": "2026-01-01T00:00:00Z"},
        {"processed_ts": "2026-01-01t02:00:00.5+02:00"},
        {"event_ts": "anything, for it is echoed"},
    ],
)
def test_what_the_agreement_leaves_open_is_no_problem(fields):
    assert read_prediction(raw(changed(**fields))).problems == ()


EVENT_LONG_AGO = {"event_ts": "2025-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("fields", "stored_ms"),
    [
        (EVENT_LONG_AGO, STORED_MS),
        (EVENT_LONG_AGO | {"processed_ts": "2025-12-31T23:10:00Z"}, STORED_MS),
        ({"processed_ts": "2027-01-01T00:00:00Z"}, STORED_MS),  # the record has its event's time
        (EVENT_LONG_AGO, None),
        (EVENT_LONG_AGO, 0),
    ],
)
def test_a_moment_of_processing_that_may_be_true_is_no_problem(fields, stored_ms):
    assert read_prediction(raw(changed(**fields), stored_ms=stored_ms)).problems == ()


@pytest.mark.parametrize("processed", ["2025-01-01T00:00:00Z", "2026-01-01T01:30:00Z"])
def test_a_moment_of_processing_that_cannot_be_true_is_told(processed):
    """The event's own time, or one of another zone that is called UTC."""
    (problem,) = read_prediction(raw(changed(**EVENT_LONG_AGO, processed_ts=processed))).problems
    assert problem == (
        "Expected processed_ts to be when the event was scored, about 2026-01-01T00:00:00+00:00, "
        f"got '{processed}'."
    )


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"prediction": 2}, "Expected prediction to be 0 or 1, got 2, in the value."),
        ({"prediction": True}, "Expected prediction to be 0 or 1, got True, in the value."),
        ({"prediction": "1"}, "Expected prediction to be 0 or 1, got '1', in the value."),
        ({"prediction": 0.5}, "Expected prediction to be 0 or 1, got 0.5, in the value."),
        ({"prediction": ABSENT}, "Expected prediction to be 0 or 1, got nothing, in the value."),
        ({"churn_probability": 1.0000001}, "a finite number from 0 to 1, got 1.0000001"),
        ({"churn_probability": -0.1}, "a finite number from 0 to 1, got -0.1"),
        ({"churn_probability": None}, "a finite number from 0 to 1, got None"),
        ({"churn_probability": True}, "a finite number from 0 to 1, got True"),
        ({"churn_probability": "0.5"}, "a finite number from 0 to 1, got '0.5'"),
        ({"model_version": ""}, "Expected model_version to be text that is not empty, got ''"),
        ({"model_version": 1}, "Expected model_version to be text that is not empty, got 1"),
        ({"processed_ts": "yesterday"}, "a time as RFC 3339 has it, got 'yesterday'"),
        ({"processed_ts": "2026-02-30T00:00:00Z"}, "a time as RFC 3339 has it"),
        ({"processed_ts": 1767225600}, "a time as RFC 3339 has it, got 1767225600"),
        ({"processed_ts": ABSENT}, "a time as RFC 3339 has it, got nothing"),
        ({"event_ts": 5}, "Expected event_ts to be the event's event_ts, got 5"),
        ({"customerID": ABSENT}, "Expected customerID to be the event's customerID, got nothing"),
        ({"customerID": "C-2"}, "Expected the record's key to be b'C-2', got b'C-1'."),
    ],
)
def test_each_breach_is_one_sentence(fields, problem):
    problems = read_prediction(raw(changed(**fields))).problems
    assert len(problems) == 1
    assert problem in problems[0]


@pytest.mark.parametrize("key", [None, b"", b"C-10", b"\xff"])
def test_the_key_is_the_customer(key):
    (problem,) = read_prediction(raw(changed(), key=key)).problems
    assert problem.startswith("Expected the record's key to be b'C-1'")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "got null"),
        (b"", "Expected strict JSON"),
        (b"[]", "Expected a JSON object, got []"),
        (b"{}", "Expected customerID"),
        (b"\xff", "Expected strict JSON in UTF-8"),
        (b"[" * 100_000, "nested beyond reading"),
        (b"9" * 5000, "Expected strict JSON"),
        (rb'{"customerID":"\ud800"}', "half of a surrogate pair"),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_nobodys(value, words):
    outcome = read_prediction(raw(value))
    assert any(words in problem for problem in outcome.problems), outcome.problems
    assert outcome.identity is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b"0.75", b"NaN"),
        lambda data: data[:-1] + b',"prediction":1}',
        lambda data: data[:-1] + b',"note":"\xff"}',
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.decode().encode("utf-16"),
        lambda data: data[:-1] + b',"note":"a\nb"}',
    ],
)
def test_what_is_not_strict_json_is_a_problem_but_still_names_the_event(spoil):
    outcome = read_prediction(raw(spoil(changed())))
    assert "Expected strict JSON" in outcome.problems[0]
    assert outcome.identity == "C-1|2026-01-01T00:00:00Z"


def test_a_score_that_is_no_number_is_none():
    outcome = read_prediction(raw(changed().replace(b"0.75", b"NaN")))
    assert (outcome.score, outcome.label) == (None, 1)
    for label in (7, True, "1", None):
        assert read_prediction(raw(changed(prediction=label))).label is None


_fields = st.dictionaries(
    st.sampled_from([*PREDICTION, "original_message", "original_key", "error_type",
                     "original_message_encoding", "source_offset", "original_message_length",
                     "original_message_truncated", "original_message_sha256", "x"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=4,
    ),
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(value=st.none() | st.binary() | _fields.map(lambda item: json.dumps(item).encode()))
def test_whatever_the_bytes_an_outcome_comes_that_can_be_saved(value):
    for outcome in (read_prediction(raw(value)), read_dead_letter(raw(value))):
        assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) is not None
        assert outcome.role in (PREDICTIONS, DEAD_LETTERS)
        assert outcome.problems or outcome.role == DEAD_LETTERS or value is not None
