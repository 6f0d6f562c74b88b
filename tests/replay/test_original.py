"""What a letter gives back, and what it cannot."""

import base64
import hashlib

import pytest

from consumer.dead_lettering import DeadLetters
from consumer.dead_lettering import Original as Consumed
from consumer.messages import Refusal
from testbed.replay.original import EXACT, JSON, NotRecoverable, Original, original, reason
from testbed.telco import catalogue
from testbed.telco.records import RawRecord

TOPIC = "events"
SHA = hashlib.sha256(b"hello").hexdigest()
ENCODING = "original_message_encoding"


def test_an_exact_letter_gives_bytes_key_headers_and_place_back(letter):
    """Headers in order with duplicates and nulls, and without the consumer's own."""
    theirs = (("a", b"1"), ("a", None), ("b", b""))
    found = original(letter(headers=(*theirs, ("x-dlq-source-topic", b"x"))), TOPIC, EXACT)
    assert found == Original(b"hello", b"k", theirs, 2)
    assert reason(letter()) == "validation_error"


@pytest.mark.parametrize(
    ("more", "value", "key"),
    [
        ({"original_message": base64.b64encode(b"\xff\x00").decode(), ENCODING: "base64"},
         b"\xff\x00", b"k"),
        ({"original_message": None, ENCODING: None}, None, b"k"),
        ({"original_message": "", "original_message_sha256": hashlib.sha256(b"").hexdigest()},
         b"", b"k"),
        ({"original_message_sha256": SHA.upper()}, b"hello", b"k"),
        ({"original_key": None, "original_key_encoding": None}, b"hello", None),
        ({"original_key": "/w==", "original_key_encoding": "base64"}, b"hello", b"\xff"),
        ({"original_key": "", "original_key_truncated": True,
          "original_key_sha256": hashlib.sha256(b"k").hexdigest()}, b"hello", b"k"),
    ],
)  # fmt: skip
def test_every_way_of_quoting_is_read(letter, more, value, key):
    """Base64, tombstones, empty values, absent keys, and keys that stand on the record alone."""
    found = original(letter(**more), TOPIC, EXACT)
    assert (found.value, found.key) == (value, key)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"original_message_truncated": True, "original_message_length": 9}, "got 5 of its 9"),
        ({"original_message_sha256": "0" * 64}, "fit original_message_sha256"),
        ({"original_message": "~", ENCODING: "base64"}, "text without it"),
        ({"original_message": {"a": 1}}, "embedded JSON"),
        ({"without": [ENCODING]}, "text without it"),
        ({"without": [ENCODING], "original_message": None}, "null without it"),
        ({"without": ["original_key"]}, "expected original_key"),
        ({"original_key_truncated": True, "original_key_sha256": SHA}, "the whole key"),
        ({"source_topic": "others"}, "expected one of events, got one of others"),
        ({"headers": (("x-dlq-headers-dropped", b"true"),)}, "all headers"),
        ({"without": ["original_message"]}, "expected a dead letter"),
        ({"without": ["error_type"]}, "expected a dead letter"),
    ],
)
def test_what_cannot_come_back_exactly_is_refused(letter, more, why):
    """Each with what was expected."""
    with pytest.raises(NotRecoverable, match=why):
        original(letter(**more), TOPIC, EXACT)


@pytest.mark.parametrize("value", [None, b"", b"[1]", b"\xff", b"no letter"])
def test_what_is_no_letter_is_refused(value):
    """Whatever stands on the topic; and nothing of it is told."""
    raw = RawRecord(topic="letters", partition=0, offset=0, key=None, value=value)
    assert reason(raw) is None
    with pytest.raises(NotRecoverable, match="expected a dead letter with error_type"):
        original(raw, TOPIC, JSON)


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ({"original_message": "text"}, b"text"),
        ({"original_message": None}, None),
        ({"original_message": {"b": 1.50, "a": [True, None]}}, b'{"b": 1.5, "a": [true, null]}'),
    ],
)
def test_a_letter_of_another_consumer_gives_back_what_it_holds(letter, more, value):
    """Text as text, JSON as it stands in the letter, and the record's key."""
    without = [ENCODING, "original_key", "source_topic", "source_partition", "source_offset"]
    assert original(letter(without=without, **more), TOPIC, JSON) == Original(value, b"k", (), None)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"original_message": "~", ENCODING: "base64"}, "to be base64"),
        ({"original_message_truncated": True, "original_message_length": 9}, "the whole original"),
        ({"original_message": {"a": 1}, "original_message_sha256": SHA}, "fit original_message"),
    ],
)
def test_a_letter_that_says_it_is_not_whole_is_refused_anyway(letter, more, why):
    """However little is asked for."""
    with pytest.raises(NotRecoverable, match=why):
        original(letter(**more), TOPIC, JSON)


def test_embedded_json_that_is_not_strict_is_refused():
    """Its bytes would go out as something that nobody ever sent."""
    value = b'{"error_type": "x", "original_message": {"a": NaN}}'
    raw = RawRecord(topic="letters", partition=0, offset=0, key=None, value=value)
    with pytest.raises(NotRecoverable, match="strict JSON"):
        original(raw, TOPIC, JSON)


@pytest.mark.parametrize("kind", catalogue.KINDS, ids=lambda kind: kind.slug)
def test_every_kind_of_the_catalogue_survives_its_dead_letter(kind):
    """From the reference's own letter, bit by bit; what was cut is refused."""
    draft = kind.make(0, 1)
    consumed = Consumed(TOPIC, 1, 5, draft.key, draft.value, list(draft.headers))
    sent = DeadLetters("letters", "group").letter(consumed, Refusal("some_error", "why"), "now")
    raw = RawRecord(
        topic="letters", partition=0, offset=0, key=sent.key, value=sent.value,
        headers=tuple(sent.headers),
    )  # fmt: skip
    if b'"original_message_truncated":true' in sent.value:
        with pytest.raises(NotRecoverable, match="the whole original"):
            original(raw, TOPIC, EXACT)
        return
    kept = tuple(one for one in draft.headers if not one[0].lower().startswith("x-dlq-"))
    assert original(raw, TOPIC, EXACT) == Original(draft.value, draft.key, kept, 1)
