"""Dead letters: what they give back, and what they lack for exact recovery."""

import json
from base64 import b64encode
from hashlib import sha256

import pytest

from testbed.history import Position
from testbed.telco.fingerprint import fingerprints
from testbed.telco.reading import RawRecord, read_dead_letter

ORIGINAL = b'{"customerID":"C-123456","event_ts":"2026-01-01T00:00:00Z","tenure":-1}'
LETTER = {
    "error_type": "validation_error", "error_message": "Expected 0 to 100, got -1, at tenure",
    "original_message": ORIGINAL.decode(), "original_message_encoding": "utf-8",
    "original_key": "C-123456", "original_key_encoding": "utf-8", "source_topic": "in",
    "source_partition": 2, "source_offset": 41, "failed_ts": "2026-01-01T00:00:01Z",
    "consumer_group": "g",
}  # fmt: skip
ABSENT = object()
ENCODED = {"original_message": b64encode(ORIGINAL).decode(), "original_message_encoding": "base64"}
TOMBSTONE = {"original_message": None, "original_message_encoding": None}
CUT = {
    "original_message": ORIGINAL[:20].decode(), "original_message_truncated": True,
    "original_message_length": len(ORIGINAL),
    "original_message_sha256": sha256(ORIGINAL).hexdigest(),
}  # fmt: skip


def read(key: bytes | None = b"C-123456", headers=(), **fields: object):
    whole = {**LETTER, **fields}
    value = json.dumps({k: v for k, v in whole.items() if v is not ABSENT}).encode()
    return read_dead_letter(
        RawRecord(topic="d", partition=0, offset=3, key=key, value=value, headers=headers)
    )


def test_a_right_dead_letter_gives_everything_back():
    letter = read(headers=(("a", b"1"), ("a", None), ("x-dlq-error-type", b"x")))
    assert letter.problems == letter.exact_problems == ()
    assert letter.error_type == "validation_error"
    assert letter.source == Position("in", 2, 41)
    assert (letter.identity, letter.entity) == ("C-123456|2026-01-01T00:00:00Z", "C-123456")
    given = letter.recovered
    assert (given.value, given.value_known, given.key, given.key_known) == (
        ORIGINAL, True, b"C-123456", True,
    )  # fmt: skip
    assert given.headers == (("a", b"1"), ("a", None))
    assert given.fingerprints == fingerprints(ORIGINAL)


@pytest.mark.parametrize("fields", [ENCODED, TOMBSTONE, CUT, {"more": 1}])
def test_the_other_right_forms_have_no_problem_either(fields):
    letter = read(**fields)
    assert letter.problems == letter.exact_problems == ()
    assert letter.recovered.value_known


def test_base64_and_null_are_told_apart_from_text():
    assert read(**ENCODED).recovered.value == ORIGINAL
    assert read(**TOMBSTONE).recovered.value is None
    empty = read(original_message="").recovered
    assert (empty.value, empty.value_known) == (b"", True)


def test_a_cut_original_tells_its_length_and_digest():
    given = read(**CUT).recovered
    assert (given.truncated, given.length, given.sha256) == (
        True, len(ORIGINAL), sha256(ORIGINAL).hexdigest(),
    )  # fmt: skip


@pytest.mark.parametrize("name", LETTER)
def test_every_field_is_needed_for_exact_recovery(name):
    letter = read(**{name: ABSENT})
    assert any(name in problem for problem in letter.exact_problems)
    needed = name in ("error_type", "original_message")
    assert bool(letter.problems) == needed


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"error_type": "ValueError"}, "Expected error_type to be one of deserialization_error"),
        ({"error_message": ""}, "Expected error_message"),
        ({"error_message": "no C-123456 here"}, "got the customerID in it"),
        ({"error_message": "2026-01-01T00:00:00Z is old"}, "got the event_ts in it"),
        ({"original_message": {"tenure": -1}}, "Expected original_message to be text or null"),
        ({"original_message_encoding": "ascii"}, "Expected original_message_encoding"),
        ({"original_message_encoding": None}, "Expected original_message_encoding to be utf-8"),
        ({"original_message": None}, "Expected original_message_encoding to be null, got 'utf-8'"),
        ({"original_message": "QUJD!", "original_message_encoding": "base64"}, "to be base64"),
        ({"original_key": "other"}, "Expected the record's key to be the original's b'other'"),
        ({"original_key": None, "original_key_encoding": None}, "the original's None"),
        ({"source_partition": -1}, "Expected source_partition"),
        ({"source_offset": "41"}, "Expected source_offset to be an offset, got '41'"),
        ({"source_offset": True}, "Expected source_offset to be an offset, got True"),
        ({"failed_ts": "now"}, "Expected failed_ts to be a time"),
        ({"consumer_group": ""}, "Expected consumer_group"),
        ({**CUT, "original_message_length": ABSENT}, "Expected original_message_length"),
        ({**CUT, "original_message_sha256": ABSENT}, "Expected original_message_sha256"),
        ({**CUT, "original_message_length": 20}, "to be above what is kept, got 20 with 20"),
        ({"original_message_length": 5}, "Expected original_message_length to be 71, got 5"),
        ({"original_message_sha256": "0" * 64}, "to fit the bytes"),
    ],
)
def test_each_breach_of_exactness_is_one_sentence_that_json_fidelity_ignores(fields, words):
    letter = read(**fields)
    assert len(letter.exact_problems) == 1, letter.exact_problems
    assert words in letter.exact_problems[0]
    assert letter.problems == ()


@pytest.mark.parametrize("said", ["1000000", "nothing", "200.01"])
def test_a_reasons_own_words_and_limits_are_no_payload(said):
    """Though another field happens to say just that."""
    event = ORIGINAL.replace(b"2026-01-01T00:00:00Z", said.encode())
    reason = f"Expected TotalCharges up to {said}, got nothing"
    letter = read(original_message=event.decode(), error_message=reason)
    assert letter.exact_problems == ()


@pytest.mark.parametrize("error_type", [None, "", 5, ABSENT])
def test_every_dead_letter_names_a_reason(error_type):
    assert "Expected error_type" in read(error_type=error_type).problems[0]


@pytest.mark.parametrize(
    "message",
    [ORIGINAL.decode(), json.loads(ORIGINAL), json.dumps(json.loads(ORIGINAL), sort_keys=True)],
)
def test_a_plain_dead_letter_is_recognised_by_text_or_json(message):
    letter = read_dead_letter(
        RawRecord(
            topic="d", partition=0, offset=0, key=None,
            value=json.dumps({"error_type": "bad", "original_message": message}).encode(),
        )
    )  # fmt: skip
    assert letter.problems == ()
    assert letter.source is None
    assert letter.identity == "C-123456|2026-01-01T00:00:00Z"
    assert not letter.recovered.value_known
    assert set(letter.recovered.fingerprints) & set(fingerprints(ORIGINAL))


@pytest.mark.parametrize("original", [b"null", b"[1]", b'"text"', b"42", b"true"])
def test_an_embedded_value_of_any_type_is_recognised(original):
    body = {"error_type": "bad", "original_message": json.loads(original)}
    raw = RawRecord(topic="d", partition=0, offset=0, key=None, value=json.dumps(body).encode())
    assert set(read_dead_letter(raw).recovered.fingerprints) & set(fingerprints(original))


def test_the_key_is_known_only_where_the_letter_tells_it():
    plain = read(original_key=ABSENT, original_key_encoding=ABSENT).recovered
    assert (plain.key, plain.key_known) == (b"C-123456", False)
    nobody = read(key=None, original_key=None, original_key_encoding=None).recovered
    assert (nobody.key, nobody.key_known) == (None, True)


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"[]", b"[" * 100_000, b"9" * 5000])
def test_what_is_no_dead_letter_is_a_problem_and_never_an_error(value):
    letter = read_dead_letter(RawRecord(topic="d", partition=0, offset=0, key=None, value=value))
    assert letter.problems
    assert letter.recovered.fingerprints == ()
