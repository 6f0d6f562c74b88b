"""Whether a broker is ready for work, as its clients see it."""

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

ASK_S = 1.0  # one request to a broker that may not listen yet
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

    def __call__(self) -> bool:
        """Whether it serves metadata, knows its controller, and coordinates groups.

        The first question for a coordinator makes the broker create its offsets topic: that
        costs seconds which would otherwise fall into the first consumer's start.
        """
        try:
            told = self._admin.list_topics(timeout=ASK_S)
            if not told.brokers or told.controller_id < 0:
                return False
            group = self._admin.describe_consumer_groups([GROUP], request_timeout=ASK_S)[GROUP]
            return group.result().state is not None
        except KafkaException:
            return False
