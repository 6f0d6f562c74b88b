"""Whether a broker is ready for work, as its clients see it."""

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from testbed.brokers import coordinator

ASK_S = 1.0  # one request to a broker that may not listen yet


class Readiness:
    """Asks one broker without encryption, again and again, with a client that reconnects at once.

    For the group coordinator it asks by hand. librdkafka has no safe question for one that is
    still being made: the admin client aborts the process (an assertion on ``eonce->refcnt``)
    when an answer comes after the time-out, and a consumer's ``committed`` may wait for minutes
    beyond its own.
    """

    def __init__(self, bootstrap_servers: str):
        host, _, port = bootstrap_servers.split(",")[0].rpartition(":")
        self._address = host, int(port)
        self._admin = AdminClient(
            {
                "bootstrap.servers": bootstrap_servers,
                "reconnect.backoff.ms": 20,
                "reconnect.backoff.max.ms": 100,
                "error_cb": lambda _error: None,
                "log_level": 0,
            }
        )

    def __call__(self) -> bool:
        """Whether it serves metadata, knows its controller, and coordinates groups.

        The first question for a coordinator makes the broker create its offsets topic: that
        costs time which would otherwise fall into the first consumer's start.
        """
        try:
            told = self._admin.list_topics(timeout=ASK_S)
        except KafkaException:
            return False
        if not told.brokers or told.controller_id < 0:
            return False
        return coordinator.answers(self._address, ASK_S)
