"""The strict reader: what it refuses, what it keeps, what it calls odd."""

import pytest

from testbed.telco.strict_json import NESTING, OVERFLOW, SURROGATE, Integer, NotJson, Real, read


def test_numbers_keep_their_text():
    values = read(b"[49, 49.0, 4.9e1, -0]").value
    assert [value.text for value in values] == ["49", "49.0", "4.9e1", "-0"]
    assert [type(value) for value in values] == [Integer, Real, Real, Integer]


@pytest.mark.parametrize(
    ("value", "odd"),
    [
        (b"[1e999]", {OVERFLOW}),
        (b"[9223372036854775808]", {OVERFLOW}),
        (b"[-9223372036854775808, 1e308]", set()),
        (rb'["\ud800"]', {SURROGATE}),
        (rb'{"\udc00": 1e999}', {SURROGATE, OVERFLOW}),
        (rb'["\ud83d\ude00", "\\ud800"]', set()),
        (b"[" * 65 + b"]" * 65, {NESTING}),
        (b"[" * 64 + b"]" * 64, set()),
    ],
)
def test_what_parsers_disagree_about_is_called_odd(value, odd):
    assert read(value).odd == odd


def test_what_stands_behind_deep_nesting_is_still_read():
    document = read(b'{"a":' + b"[" * 5000 + b'"]"' + b"]" * 5000 + b',"b":true}')
    assert document.value["b"] is True


def test_text_behind_deep_nesting_must_still_be_json():
    with pytest.raises(NotJson) as caught:
        read(b"[" * 500 + b"]" * 500 + b"x")
    assert caught.value.deep


def test_the_refusal_says_why():
    for value, reason in (
        (b"\xff", "not UTF-8 at byte 0"),
        (b"NaN", "NaN"),
        (b'{"a":1,"a":2}', "twice"),
    ):
        with pytest.raises(NotJson, match=reason):
            read(value)
