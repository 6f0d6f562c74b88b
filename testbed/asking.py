"""Admin requests that outlast a broker's passing moods."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException

from testbed.errors import BenchError, NotReached
from testbed.wait import until

T = TypeVar("T")
# What a broker says for a moment after its start, a move of its coordinator, or a reconnect.
PASSING = {
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    # A node that was starved or frozen past its own session leads anew when it is back.
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.REQUEST_TIMED_OUT,
    KafkaError._TIMED_OUT,
    KafkaError._TRANSPORT,
    KafkaError._WAIT_COORD,
    KafkaError._NOENT,  # no partition has a leader, while a node that was frozen is believed dead
}


# What one node of several says of a topic that the others know already.
NOT_KNOWN_YET = PASSING | {KafkaError.UNKNOWN_TOPIC_OR_PART}


def ask(
    request: Callable[[], Future[T]], what: str, within_s: float, passing: set[int] = PASSING
) -> T:
    """The answer to ``request``, asked again while the broker's error is a ``passing`` one.

    Raises ``BenchError`` with the broker's own words for any other, or when time is over.
    """
    said: list[str] = [""]

    def answer() -> tuple[T] | None:
        try:
            return (request().result(),)
        except KafkaException as error:
            said[0] = error.args[0].str()
            if error.args[0].code() not in passing:
                raise BenchError(f"The broker refused to {what}", said[0]) from error
            return None

    try:
        (value,) = until(answer, within_s=within_s, what=what, describe=lambda: said[0])
    except NotReached as error:
        raise BenchError(f"The broker did not {what} within {within_s:g} s", said[0]) from error
    return value
