"""Fingerprints: shared by what is equal as text or as JSON, and by nothing else."""

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbed.telco.fingerprint import fingerprints, of_json, of_text_or_json, of_written

EQUAL = [
    (b'{"a":1,"b":2}', b'{ "b": 2.0, "a": 1e0 }'),
    (b'"\xc3\xa9"', rb'"\u00e9"'),
    (b"[0]", b"[-0.0]"),
    (rb'["\ud800"]', rb' ["\uD800"]'),
    (b"9007199254740993", b"9007199254740992"),  # one double
    (b'{"a":1,"a":2}', b'{"a":2}'),  # careless parsers keep the last
    (b"[" + b"9" * 5000 + b"]", b"[ " + b"9" * 5000 + b"]"),
    (b"not JSON", b"not JSON"),
    (b"", b""),
]
DIFFERENT = [
    (b'{"a":1}', b'{"a":"1"}'),
    (b'{"a":1}', b'{"a":true}'),
    (b'{"a":0}', b'{"a":false}'),
    (b"[1,2]", b"[2,1]"),
    (b'"e\xcc\x81"', b'"\xc3\xa9"'),
    (b"null", b""),
    (b"a", b" a"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_originals_share_one(one, other):
    assert set(fingerprints(one)) & set(fingerprints(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_originals_share_none(one, other):
    assert not set(fingerprints(one)) & set(fingerprints(other))


@pytest.mark.parametrize("value", [None, b"\xff", b'{"a":"\xff"}', "ä".encode("utf-16")])
def test_null_and_what_is_not_utf8_have_none(value):
    assert fingerprints(value) == ()


@pytest.mark.parametrize("value", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_nesting_beyond_parsing_is_known_by_its_text(value):
    assert len(fingerprints(value)) == 1
    assert of_text_or_json(value.decode())[0] in fingerprints(value)


def test_depth_beyond_the_interpreter_gives_no_digest_and_no_error():
    deep: list = []
    for _ in range(sys.getrecursionlimit() * 2):
        deep = [deep]
    assert of_json(deep) == ()


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(max_examples=50, deadline=None)
@given(document=_values)
def test_an_embedded_original_shares_one_with_its_bytes(document):
    text = json.dumps(document, indent=1)
    assert set(of_json(json.loads(text))) & set(fingerprints(text.encode()))
    assert of_written(text.encode(), document) == fingerprints(text.encode())


@settings(max_examples=50, deadline=None)
@given(text=st.text())
def test_text_is_recognised_as_text_and_as_an_embedded_string(text):
    assert set(of_text_or_json(text)) & set(fingerprints(text.encode()))
    assert set(of_text_or_json(text)) & set(fingerprints(json.dumps(text).encode()))
