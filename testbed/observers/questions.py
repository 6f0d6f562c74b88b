"""Questions to the broker's administration that outlive a lost answer and a moved leader."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from testbed.asking import ask

T = TypeVar("T")
LOST_AFTER_S = 5.0  # a healthy broker answers within milliseconds, a starved one within a second
# librdkafka aborts the process when an answer comes after its question has timed out: so no
# question ever does.
NEVER_S = 3600.0
WITHIN_S = 60.0  # all tries of one question
LEADERS_S = 1.0  # to learn the leaders anew
# The client asks whom it knows as the leader, and does not learn from the refusal that it is none.
MOVED = {
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.LEADER_NOT_AVAILABLE,
}
_abandoned: list[AdminClient] = []  # with a question that is open: to end one would wait for it


class Questions:
    """Asks through one client, and through a new one when an answer does not come.

    librdkafka loses a question whose broker goes, or is only then known by its own name.
    """

    def __init__(self, connect: Callable[[], AdminClient]):
        self._connect, self._admin = connect, connect()

    def ask(
        self, question: Callable[[AdminClient], Future[T]], what: str,
        *, is_known: Callable[[T], bool] = lambda _answer: True,
    ) -> T:  # fmt: skip
        """The answer; raises ``BenchError`` with the broker's words, or when time is over.

        One that is not ``is_known`` is none: librdkafka gives some without an error or a value.
        """
        return ask(lambda: self._answered(question, is_known), what, WITHIN_S)

    def renew(self) -> None:
        """Go on with a new client; the old one is left to itself."""
        _abandoned.append(self._admin)
        self._admin = self._connect()

    def _answered(self, question, is_known: Callable[[T], bool]) -> Future[T]:
        future = question(self._admin)
        try:
            error = future.exception(LOST_AFTER_S)
        except TimeoutError:
            self.renew()
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT)) from None
        if error is None and not is_known(future.result()):
            error = KafkaException(KafkaError(KafkaError.LEADER_NOT_AVAILABLE))
        if isinstance(error, KafkaException) and error.args[0].code() in MOVED:
            with suppress(KafkaException):
                self._admin.list_topics(timeout=LEADERS_S)
            raise error
        return future
