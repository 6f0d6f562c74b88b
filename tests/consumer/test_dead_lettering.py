"""Dead-lettering: the original can be recovered, and the letter always fits."""

import base64
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumer.dead_lettering import DeadLetters, Original, shrunk, size
from consumer.messages import DESERIALIZATION, Refusal
from testbed.telco.reading import RawRecord, read_dead_letter

REFUSAL = Refusal(DESERIALIZATION, "Expected one UTF-8 JSON object, got an empty value - at `$`")
NOW = "2026-01-01T00:00:00.000Z"


def original(value=b"{", key=b"k", headers=()) -> Original:
    return Original("input", 2, 77, key, value, list(headers))


def letter(made: Original, limit: int = 1_048_588):
    return DeadLetters("dead", "group", limit).letter(made, REFUSAL, NOW)


def fields(message) -> dict:
    return json.loads(message.value)


def recovered(message) -> bytes | None:
    told = fields(message)
    text = told["original_message"]
    if text is None:
        return None
    if told["original_message_encoding"] == "base64":
        return base64.b64decode(text)
    return text.encode()


def test_all_fields_of_the_contract_are_there():
    """The whole letter, for a plain record."""
    assert fields(letter(original())) == {
        "error_type": DESERIALIZATION,
        "error_message": REFUSAL.message,
        "original_message": "{",
        "original_message_encoding": "utf-8",
        "original_key": "k",
        "original_key_encoding": "utf-8",
        "source_topic": "input",
        "source_partition": 2,
        "source_offset": 77,
        "failed_ts": NOW,
        "consumer_group": "group",
    }


@pytest.mark.parametrize(
    ("value", "encoding"),
    [
        (None, None),
        (b"", "utf-8"),
        (b"\xff\x00", "base64"),
        (b"\xef\xbb\xbf{}", "utf-8"),
        ('日本\u0000\n"'.encode(), "utf-8"),
        (b"\xed\xa0\x80", "base64"),
    ],
)
def test_bytes_come_back_as_they_were(value, encoding):
    """Text as text, other bytes as base64, null as null: value and key alike."""
    message = letter(original(value=value, key=value))
    assert fields(message)["original_message_encoding"] == encoding
    assert fields(message)["original_key_encoding"] == encoding
    assert recovered(message) == value
    assert message.key == value


def test_headers_are_the_originals_in_order_then_ours():
    """Doubled names, null values and names under our own prefix stay, and ours come last."""
    theirs = [("a", b"1"), ("a", None), ("x-dlq-error-type", b"forged"), ("b", b"\xff")]
    headers = letter(original(headers=theirs)).headers
    assert headers[:4] == theirs
    assert all(name.startswith("x-dlq-") for name, _ in headers[4:])
    assert dict(headers)["x-dlq-error-type"] == DESERIALIZATION.encode()
    assert dict(headers)["x-dlq-source-offset"] == b"77"


def test_an_oversized_original_is_kept_as_a_prefix():
    """With its length and digest, cut between characters, and as much as fits."""
    value = "é日".encode() * 400_000
    message = letter(original(value=value))
    told = fields(message)
    assert size(message) <= 1_048_588
    assert size(message) > 1_000_000
    assert value.startswith(recovered(message))
    assert told["original_message_truncated"] is True
    assert told["original_message_length"] == len(value)
    assert told["original_message_sha256"] == hashlib.sha256(value).hexdigest()


def test_what_only_fits_as_base64_is_not_cut():
    """Text whose escapes would double it goes as base64, whole."""
    value = b'"' * 700_000
    told = fields(letter(original(value=value)))
    assert told["original_message_encoding"] == "base64"
    assert base64.b64decode(told["original_message"]) == value
    assert "original_message_truncated" not in told


@pytest.mark.parametrize(
    ("value", "key", "headers"),
    [
        (b"\xff" * 1_000_000, b"k", []),
        (b"v", b"k" * 1_000_000, []),
        (b"v", b"\xff" * 900_000, [("h", b"x" * 100_000)]),
        (b"v", b"k", [("h", b"x" * 1_000_000)]),
        (b"v", b"k", [("h" * 50, b"")] * 20_000),
        (b"\x00" * 1_000_000, b"\x00" * 500_000, [("h", None)] * 10),
    ],
)
def test_huge_keys_and_headers_fit_too(value, key, headers):
    """Whatever is huge, the letter fits and its coordinates are told."""
    message = letter(original(value, key, headers))
    assert size(message) <= 1_048_588
    assert fields(message)["source_offset"] == 77
    assert fields(message)["error_type"] == DESERIALIZATION


@settings(max_examples=150, deadline=None)
@given(
    value=st.none() | st.binary(max_size=3000) | st.text(max_size=1500).map(str.encode),
    key=st.none() | st.binary(max_size=400),
    headers=st.lists(
        st.tuples(st.text(max_size=9), st.none() | st.binary(max_size=99)), max_size=9
    ),
    limit=st.integers(1000, 4000),
)
def test_any_letter_fits_and_the_suite_reads_it(value, key, headers, limit):
    """Within any sensible limit; what is not marked as cut is the original."""
    made = original(value, key, headers)
    message = letter(made, limit)
    assert size(message) <= limit
    raw = RawRecord(topic="dead", partition=0, offset=0, key=message.key, value=message.value,
                    headers=tuple(message.headers), timestamp_ms=0)  # fmt: skip
    outcome = read_dead_letter(raw)
    assert not outcome.problems
    if not outcome.recovered.truncated:
        assert recovered(message) == value
    elif value:
        assert value.startswith(recovered(message))


def test_a_refused_letter_is_made_smaller():
    """Where the topic's limit was not known, the refused letter shrinks and says so."""
    value = b"v" * 100_000
    message = shrunk(letter(original(value=value)), 5_000)
    assert size(message) <= 5_000
    assert fields(message)["original_message_length"] == 100_000
    again = shrunk(message, 2_000)
    assert size(again) <= 2_000
    assert fields(again)["original_message_length"] == 100_000
    assert fields(again)["original_message_sha256"] == hashlib.sha256(value).hexdigest()
