"""Which node of a cluster leads what, and how many copies are in step."""

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

PROGRESS, TRANSACTIONS = "__consumer_offsets", "__transaction_state"  # who leads it coordinates
NOBODY = -1  # as Kafka's metadata call it


class Placement:
    """Asks any node for the cluster's metadata; nothing is kept, for leaders move.

    The Admin API's own questions go to one node alone, and wait for it where it has just died.
    """

    def __init__(self, client: AdminClient, answer_within_s: float):
        self._client, self._within_s = client, answer_within_s

    def leader(self, topic: str, partition: int = 0) -> int:
        """The node that leads a partition, ``NOBODY`` where none does or no answer came."""
        found = self._partitions(topic).get(partition)
        return found.leader if found else NOBODY

    def led_by(self, topic: str, node: int) -> list[int]:
        """The partitions of a topic that a node leads."""
        return [number for number, p in self._partitions(topic).items() if p.leader == node]

    def in_step(self, topic: str) -> int:
        """How many copies each partition of a topic has at least that are complete (the ISR)."""
        return min((len(p.isrs) for p in self._partitions(topic).values()), default=0)

    def _partitions(self, topic: str) -> dict:
        try:
            return self._client.list_topics(topic, timeout=self._within_s).topics[topic].partitions
        except KafkaException:
            return {}
