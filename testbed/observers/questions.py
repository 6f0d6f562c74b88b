"""Questions to the broker's administration that outlive a lost answer."""

from collections.abc import Callable
from concurrent.futures import Future
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
_abandoned: list[AdminClient] = []  # with a question that is open: to end one would wait for it


class Questions:
    """Asks through one client, and through a new one when an answer does not come.

    librdkafka loses a question whose broker goes, or is only then known by its own name.
    """

    def __init__(self, connect: Callable[[], AdminClient]):
        self._connect, self._admin = connect, connect()

    def ask(self, question: Callable[[AdminClient], Future[T]], what: str) -> T:
        """The answer; raises ``BenchError`` with the broker's words, or when time is over."""
        return ask(lambda: self._answered(question), what, WITHIN_S)

    def renew(self) -> None:
        """Go on with a new client; the old one is left to itself."""
        _abandoned.append(self._admin)
        self._admin = self._connect()

    def _answered(self, question: Callable[[AdminClient], Future[T]]) -> Future[T]:
        future = question(self._admin)
        try:
            future.exception(LOST_AFTER_S)
        except TimeoutError:
            self.renew()
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT)) from None
        return future
