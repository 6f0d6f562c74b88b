"""Requests are asked again where the broker's error is a passing one."""

from concurrent.futures import Future

import pytest
from confluent_kafka import KafkaError, KafkaException

from testbed.asking import NOT_KNOWN_YET, ask
from testbed.errors import BenchError


def answers(*told):
    """A request that is answered with each of ``told`` in turn, and then with the last one."""
    left = list(told)

    def request() -> Future:
        future: Future = Future()
        one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(one, int):
            future.set_exception(KafkaException(KafkaError(one)))
        else:
            future.set_result(one)
        return future

    return request


@pytest.mark.parametrize(
    "code",
    [
        KafkaError.NOT_COORDINATOR,
        KafkaError._TRANSPORT,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError._NOENT,
    ],
)
def test_a_passing_error_is_outlasted(code):
    """A broker that has just come back says so for a moment."""
    assert ask(answers(code, code, "well"), "say something", 5) == "well"


def test_a_topic_that_a_node_does_not_know_yet_is_waited_for_where_it_must_be_there():
    """Elsewhere it is missing, and that is told at once."""
    request = (KafkaError.UNKNOWN_TOPIC_OR_PART, "well")
    assert ask(answers(*request), "describe it", 5, NOT_KNOWN_YET) == "well"
    with pytest.raises(BenchError, match="refused to describe it"):
        ask(answers(*request), "describe it", 5)


def test_any_other_error_is_told_at_once():
    """With what was asked and what the broker said."""
    with pytest.raises(BenchError, match="refused to say something"):
        ask(answers(KafkaError.TOPIC_AUTHORIZATION_FAILED), "say something", 5)


def test_a_passing_error_that_does_not_pass_is_told_in_the_end():
    """After the limit."""
    with pytest.raises(BenchError, match=r"did not say something within 0\.2 s"):
        ask(answers(KafkaError.NOT_COORDINATOR), "say something", 0.2)
