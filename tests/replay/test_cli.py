"""The command against a broker: letters in, originals out."""

import json
import secrets

import pytest
from confluent_kafka import Producer

from consumer.dead_lettering import DeadLetters, Original
from consumer.messages import Refusal
from testbed import clients
from testbed.__main__ import main
from testbed.observers.topics import raw_record
from testbed.replay.letters import batches, ends
from testbed.topics import Topics

ORIGINALS = [
    (0, b"key", b"no json", [("a", b"1"), ("a", None), ("b", b"")]),
    (1, None, b"\xff\xfe\x00", []),
    (2, b"\xff", None, [("trace", b"\x00")]),
    (2, b"", b"", []),
    (1, "Zoë".encode(), b'{"customerID": "Zo\\u00eb"}', []),
]
KINDS = ["deserialization_error", "deserialization_error", "validation_error",
         "deserialization_error", "validation_error"]  # fmt: skip


@pytest.fixture
def place(broker):
    """Two topics of the test's own, and the command's words for them."""
    token = secrets.token_hex(4)
    events, letters = f"events-{token}", f"letters-{token}"
    Topics(clients.admin(broker), 15).create({events: 3, letters: 1})
    words = ["replay", "--bootstrap-servers", broker.bootstrap_servers,
             "--input-topic", events, "--deadletter-topic", letters]  # fmt: skip
    return events, letters, words


def write(broker, events: str, letters: str) -> None:
    """A letter for each original, as the reference writes it."""
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers})
    made = DeadLetters(letters, "group")
    for n, ((partition, key, value, headers), kind) in enumerate(
        zip(ORIGINALS, KINDS, strict=True)
    ):
        origin = Original(events, partition, n, key, value, headers)
        sent = made.letter(origin, Refusal(kind, "why"), "2026-01-01T00:00:00Z")
        producer.produce(letters, sent.value, sent.key, headers=sent.headers)
    assert producer.flush(10) == 0


def stored(broker, events: str) -> list[tuple]:
    """What stands on the topic now, by partition and offset."""
    reader = clients.reader(broker)
    try:
        spans = {p: (0, end) for p, end in ends(reader, events, 3, 15).items()}
        found = [one for batch in batches(reader, events, spans, 15) for one in batch]
    finally:
        reader.close()
    return [(one.partition, one.key, one.value, list(one.headers)) for one in found]


def test_letters_arrive_bit_by_bit_where_they_came_from(broker, place, capsys):
    """Bytes, key, headers with duplicates and nulls, and the partition."""
    events, letters, words = place
    write(broker, events, letters)
    assert main([*words, "--dry-run"]) == 0
    assert stored(broker, events) == []
    assert f"{letters}[0]@4 validation_error would go to {events}[1]" in capsys.readouterr().out
    assert main(words) == 0
    told = capsys.readouterr().out
    assert f"5 of 5 chosen letters put back on {events}" in told
    assert "(deserialization_error 3, validation_error 2); 0 cannot be; 5 looked at" in told
    assert "To go on behind it: --partition 0 --from-offset 5" in told
    by_partition = sorted(stored(broker, events), key=lambda one: one[0])
    assert by_partition == sorted(ORIGINALS, key=lambda one: one[0])


def test_only_what_is_chosen_is_put_back(broker, place, capsys):
    """By error type, by offsets, by number."""
    events, letters, words = place
    write(broker, events, letters)
    assert main([*words, "--error-type", "validation_error", "--limit", "1"]) == 0
    assert main([*words, "--from-offset", "3", "--to-offset", "3"]) == 0
    assert sorted(stored(broker, events), key=str) == sorted([ORIGINALS[2], ORIGINALS[3]], key=str)
    assert "--from-offset 3" in capsys.readouterr().out


def test_what_is_no_letter_is_told_and_the_rest_put_back(broker, place, capsys):
    """Exit code 1, and nothing of what stands there on the terminal."""
    events, letters, words = place
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers})
    producer.produce(letters, b"secret \x1b[31m")
    producer.produce(letters, json.dumps({"error_type": "bad", "original_message": {"a": 1}}))
    producer.flush(10)
    write(broker, events, letters)
    assert main(words) == 1
    told = capsys.readouterr()
    assert f"[ERROR] {letters}[0]@0 cannot be put back: expected a dead letter" in told.err
    assert f"[ERROR] {letters}[0]@1 cannot be put back: expected original_message" in told.err
    assert "secret" not in told.err
    assert "5 of 7 chosen letters put back" in told.out
    assert main([*words, "--dead-letter", "json", "--from-offset", "1", "--to-offset", "1"]) == 0
    assert [one[2] for one in stored(broker, events)].count(b'{"a": 1}') == 1


def test_an_empty_topic_is_no_error(place, capsys):
    """Nothing was asked for that could not be done."""
    assert main(place[2]) == 0
    assert "0 of 0 chosen letters put back" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--input-topic", "nowhere"], 2, "Expected the topic nowhere at"),
        (["--deadletter-topic", "nowhere"], 2, "Expected the topic nowhere at"),
        (["--bootstrap-servers", ""], 2, "Expected --bootstrap-servers, got none"),
        (["--client-config", "/nowhere"], 2, "Cannot read the client properties /nowhere"),
        (["--partition", "1"], 2, "Expected --partition below 1, got 1"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(place, capsys, words, code, why):
    """No traceback for what the user can put right."""
    assert main([*place[2], *words]) == code
    assert why in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--limit", "0"], ["--from-offset", "-1"], ["--to-offset", "x"]])
def test_a_number_that_is_none_is_a_usage_error(capsys, words):
    """As argparse says it."""
    with pytest.raises(SystemExit) as ended:
        main(["replay", "--bootstrap-servers", "x:1", *words])
    assert ended.value.code == 2
    assert "expected a number from" in capsys.readouterr().err


def test_raw_records_carry_their_time(broker, place):
    """One way of reading a message, for observers and for this command."""
    events, letters, _ = place
    write(broker, events, letters)
    found = clients.read_topic(broker, letters, {0: 5}, 15)
    assert raw_record(found[0]).timestamp_ms == found[0].timestamp()[1] > 0
