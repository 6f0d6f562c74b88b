"""Whether a broker is ready for work, as its clients see it."""

from concurrent.futures import Future

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

ASK_S = 1.0  # one request to a broker that may not listen yet
# librdkafka asks for the coordinator by itself until this is over. It must not run out while
# the broker still starts: an answer after a time-out aborts the process (an assertion on
# `eonce->refcnt`), so the wait around this question ends long before the question does.
COORDINATE_S = 600.0
GROUP = "testbed-ready"  # asked for, never joined


class Readiness:
    """Asks one broker, again and again, with one client that reconnects at once."""

    def __init__(self, bootstrap_servers: str):
        self._admin = AdminClient(
            {
                "bootstrap.servers": bootstrap_servers,
                "reconnect.backoff.ms": 20,
                "reconnect.backoff.max.ms": 100,
                "error_cb": lambda _error: None,
                "log_level": 0,
            }
        )
        self._asked: Future | None = None

    def __call__(self) -> bool:
        """Whether it serves metadata, knows its controller, and coordinates groups.

        The first question for a coordinator makes the broker create its offsets topic: that
        costs seconds which would otherwise fall into the first consumer's start.
        """
        try:
            told = self._admin.list_topics(timeout=ASK_S)
            if not told.brokers or told.controller_id < 0:
                return False
            return self._coordinates()
        except KafkaException:
            return False

    def _coordinates(self) -> bool:
        if self._asked is None:
            self._asked = self._admin.describe_consumer_groups(
                [GROUP], request_timeout=COORDINATE_S
            )[GROUP]
        try:
            return self._asked.result(ASK_S).state is not None
        except TimeoutError:
            return False
        except KafkaException:
            self._asked = None  # answered, though not as hoped: ask anew
            return False
