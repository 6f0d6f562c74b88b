"""Whether a broker is ready for work, as its clients see it."""

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

ASK_S = 1.0  # one request to a broker that may not listen yet
GROUP = "testbed-ready"  # asked for, never joined


class Readiness:
    """Asks one broker, again and again, with clients that reconnect at once.

    A consumer asks for the group: librdkafka's admin client aborts the process (an assertion
    on ``eonce->refcnt``) when a coordinator answers after the question has timed out.
    """

    def __init__(self, bootstrap_servers: str):
        client = {
            "bootstrap.servers": bootstrap_servers,
            "reconnect.backoff.ms": 20,
            "reconnect.backoff.max.ms": 100,
            "retry.backoff.ms": 10,
            "error_cb": lambda _error: None,
            "log_level": 0,
        }
        self._admin = AdminClient(client)
        self._consumer = Consumer(client | {"group.id": GROUP, "enable.auto.commit": False})

    def __call__(self) -> bool:
        """Whether it serves metadata, knows its controller, and coordinates groups.

        The first question for a coordinator makes the broker create its offsets topic: that
        costs seconds which would otherwise fall into the first consumer's start.
        """
        try:
            told = self._admin.list_topics(timeout=ASK_S)
            if not told.brokers or told.controller_id < 0:
                return False
            asked = [TopicPartition(GROUP, 0)]
            return all(one.error is None for one in self._consumer.committed(asked, ASK_S))
        except KafkaException:
            return False
