"""What is sent, counted and told, with a producer that is none."""

import pytest
from confluent_kafka import KafkaError

from testbed.errors import BenchError
from testbed.replay.choice import Choice
from testbed.replay.giving import Replay, Target
from testbed.replay.original import EXACT


class Recorder:
    """Answers each record at the flush; ``errors`` by value."""

    def __init__(self, **errors):
        self.errors, self.sent, self._waiting = errors, [], []

    def produce(self, topic, value, key, *, headers, on_delivery, partition=None):
        self.sent.append((topic, partition, key, value, headers))
        code = self.errors.get(value.decode())
        self._waiting.append((on_delivery, KafkaError(code) if code else None))

    def poll(self, _timeout):
        """Nothing is answered before the flush."""

    def flush(self, _within_s):
        for answer, error in self._waiting:
            answer(error, None)
        self._waiting.clear()
        return 0


class Deaf(Recorder):
    """Never answers until what waits is purged."""

    def flush(self, within_s):
        return len(self._waiting) if within_s > 1 else super().flush(within_s)

    def purge(self):
        self._waiting = [
            (answer, KafkaError(KafkaError._PURGE_QUEUE)) for answer, _ in self._waiting
        ]


def replay(producer, **choice) -> Replay:
    """One with what it told in ``told`` and ``complained``."""
    told, complained = [], []
    made = Replay(
        Target("events", 3, EXACT, producer, 5.0), Choice(**choice), told.append, complained.append
    )
    made.told, made.complained = told, complained
    return made


def test_letters_go_back_to_where_they_came_from(letter):
    """Same partition, where the topic has it; by key where not."""
    producer = Recorder()
    headers = (("a", b"1"), ("x-dlq-source-topic", b"events"))
    run = replay(producer)
    run.take([letter(headers=headers), letter(offset=1, source_partition=3)])
    assert producer.sent == [
        ("events", 2, b"k", b"hello", [("a", b"1")]),
        ("events", None, b"k", b"hello", []),
    ]
    assert (run.given, run.refused, run.looked_at) == ({"validation_error": 2}, 0, 2)
    assert run.next_offset == {0: 2}


def test_the_limit_ends_it(letter):
    """Counting what was chosen, whether it could be put back or not."""
    run = replay(producer := Recorder(), limit=2, error_types=frozenset({"validation_error"}))
    other = letter(error_type="inference_error")
    bad = letter(offset=1, source_topic="others")
    run.take([other, bad, letter(offset=2), letter(offset=3)])
    assert run.done
    assert len(producer.sent) == 1
    assert (run.looked_at, run.refused, run.next_offset) == (3, 1, {0: 3})


def test_a_dry_run_tells_and_sends_nothing(letter):
    """Where each letter would go."""
    run = replay(None)
    run.take([letter(offset=4), letter(without=["source_partition"])])
    assert run.told == [
        "letters[0]@4 validation_error would go to events[2]",
        "letters[0]@0 validation_error would go to events[by key]",
    ]
    assert run.given.total() == 2


def test_a_letter_that_cannot_be_put_back_holds_up_no_other(letter):
    """It is told with its place and the reason."""
    run = replay(Recorder(large=KafkaError.MSG_SIZE_TOO_LARGE))
    run.take(
        [letter(original_message="large"), letter(offset=1), letter(offset=2, source_topic="z")]
    )
    assert run.given.total() == 1
    assert run.refused == 2
    assert (
        run.complained[0] == "letters[0]@2 cannot be put back: expected one of events, got one of z"
    )
    assert "letters[0]@0 cannot be put back: events does not take it" in run.complained[1]


def test_a_broker_that_refuses_them_all_ends_it(letter):
    """With where to go on."""
    run = replay(Recorder(hello=KafkaError.TOPIC_AUTHORIZATION_FAILED))
    with pytest.raises(BenchError, match="did not take 2 letters, the first at") as it:
        run.take([letter(offset=3), letter(offset=4)])
    assert "letters[0]@3" in it.value.what
    assert "0 were put back" in it.value.next_step
    assert it.value.next_step.endswith("go on with --partition 0 --from-offset 3")


def test_a_broker_that_does_not_answer_ends_it(letter):
    """Nothing counts as put back that was not acknowledged."""
    run = replay(Deaf())
    with pytest.raises(BenchError, match="did not take 1 letters"):
        run.take([letter()])
    assert run.given.total() == 0
