"""Properties of the contract's reading that no table could list."""

import json
from random import Random

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testbed.history import SCORED
from testbed.telco.contract import (
    CATEGORIES,
    DESERIALIZATION,
    OUTCOMES,
    RANGES,
    REQUIRED,
    VALIDATION,
    classify,
)
from testbed.telco.events import random_event, timestamp
from testbed.telco.schemas import EVENT
from testbed.telco.writing import compact, spaced, unusual

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_CHECKER = jsonschema.Draft202012Validator(EVENT)

events = st.builds(
    random_event,
    st.integers(0, 2**32).map(Random),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=64),
    st.integers(0, 2_000_000_000).map(timestamp),
    st.integers(0, 100),
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@quick
@given(event=events, seed=st.integers(0, 2**32))
def test_a_valid_event_is_scored_however_it_is_written(event, seed):
    for value in (compact(event), spaced(event), unusual(event, Random(seed))):
        assert classify(value) == (SCORED,)


@quick
@given(event=events, cut=st.floats(0, 1, exclude_max=True))
def test_an_event_cut_anywhere_is_no_json(event, cut):
    value = spaced(event)
    assert classify(value[: int(cut * len(value))]) == (DESERIALIZATION,)


def test_an_event_cut_at_any_byte_is_no_json():
    event = random_event(Random(1), "C-\u5317\u4eac\U0001f4de", timestamp(0), 5)
    value = unusual(event, Random(2)).rstrip()
    wrong = [n for n in range(len(value)) if classify(value[:n]) != (DESERIALIZATION,)]
    assert wrong == []


@quick
@given(event=events, name=st.sampled_from(REQUIRED), value=anything)
def test_a_field_with_another_value_is_a_validation_error_or_fits_the_schema(event, name, value):
    """The JSON Schema is a second reading; they may part only where the contract has room."""
    changed = {**event, name: value}
    outcomes = classify(json.dumps(changed).encode())
    if len(outcomes) == 1:
        right = _CHECKER.is_valid(changed) and not _beyond_schema(name, value)
        assert outcomes == ((SCORED,) if right else (VALIDATION,))


def _beyond_schema(name: str, value: object) -> bool:
    """What a schema cannot say: the range of a text, the calendar of a time."""
    if name == "TotalCharges" and isinstance(value, str) and value.strip():
        return float(value) > RANGES[name][1]
    return name == "event_ts"  # no text that is drawn at random is a time


@quick
@given(event=events, name=st.sampled_from(list(CATEGORIES)), data=st.data())
def test_a_category_changed_by_one_character_is_a_validation_error(event, name, data):
    word = event[name]
    at = data.draw(st.integers(0, len(word)))
    character = data.draw(st.characters(exclude_categories=("Cs",)))
    changed = word[:at] + character + word[at:]
    assert classify(compact({**event, name: changed})) == (VALIDATION,)


@quick
@given(event=events, at=st.integers(0, 400), byte=st.integers(0x80, 0xFF))
def test_a_byte_that_breaks_the_encoding_is_no_json_wherever_it_stands(event, at, byte):
    value = spaced(event)
    at = at % len(value)
    assert classify(value[:at] + bytes([byte]) + value[at:]) == (DESERIALIZATION,)


@quick
@given(event=events, extra=st.dictionaries(st.text(), anything, max_size=4))
def test_unknown_fields_change_nothing(event, extra):
    unknown = {name: value for name, value in extra.items() if name not in REQUIRED}
    assert SCORED in classify(json.dumps({**unknown, **event}).encode())


@quick
@given(event=events, name=st.sampled_from(REQUIRED))
def test_a_field_twice_is_no_json(event, name):
    again = json.dumps({name: event[name]}).encode()
    assert classify(compact(event)[:-1] + b"," + again[1:]) == (DESERIALIZATION,)


@settings(max_examples=120, deadline=None)
@given(
    value=st.binary() | st.text().map(str.encode) | anything.map(lambda x: json.dumps(x).encode())
)
def test_whatever_the_bytes_there_is_an_answer_and_never_a_score(value):
    outcomes = classify(value)
    assert outcomes and set(outcomes) <= set(OUTCOMES) - {SCORED}


@pytest.mark.parametrize("bomb", [b"[", b'{"a":', b"[[],", b'"\\', b"-", b"1", b"\\ud800", b"\xf0"])
def test_bombs_are_answered_in_bounded_time(bomb):
    """Much of anything: quadratic reading would run into the time limit of the test."""
    assert classify(bomb * (500_000 // len(bomb)))[0] == DESERIALIZATION
