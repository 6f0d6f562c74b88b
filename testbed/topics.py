"""Creates, describes and deletes topics."""

from dataclasses import dataclass, field

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from testbed.asking import NOT_KNOWN_YET, ask
from testbed.history import DEAD_LETTERS, INPUT, PREDICTIONS
from testbed.wait import until

NAMES = {
    INPUT: "telco.raw.customers",
    PREDICTIONS: "telco.churn.predictions",
    DEAD_LETTERS: "telco.deadletter",
}
PARTITIONS = {INPUT: 3, PREDICTIONS: 3, DEAD_LETTERS: 1}


def names(token: str = "") -> dict[str, str]:
    """The three topics by role; without a token the exact names of the agreement."""
    middle = f".{token}" if token else ""
    return {role: f"{name}{middle}.test" for role, name in NAMES.items()}


@dataclass(frozen=True)
class Topics:
    """The topics of a cluster, through its Admin API; ``made`` are those that it has now of us."""

    admin: AdminClient
    answer_within_s: float
    made: set[str] = field(default_factory=set)

    def create(self, partitions: dict[str, int], config: dict[str, str] | None = None) -> None:
        """Create topics by name, and wait until the cluster shows all their partitions."""
        wanted = [NewTopic(name, count, config=config or {}) for name, count in partitions.items()]
        futures = self.admin.create_topics(
            wanted, operation_timeout=self.answer_within_s, request_timeout=self.answer_within_s
        )
        for name, future in futures.items():
            ask(lambda answer=future: answer, f"create topic {name}", self.answer_within_s)
            self.made.add(name)  # not before: one that was there is somebody else's
        until(
            lambda: self.partitions(*partitions) == partitions,
            within_s=self.answer_within_s,
            what=f"the cluster to show the topics {', '.join(partitions)}",
            describe=lambda: self.partitions(*partitions),
        )

    def grow(self, name: str, total: int) -> None:
        """Give a topic more partitions, ``total`` in all, and wait until the cluster shows them."""
        answer = self.admin.create_partitions([NewPartitions(name, total)])[name]
        ask(lambda: answer, f"give topic {name} more partitions", self.answer_within_s)
        until(
            lambda: self.partitions(name) == {name: total},
            within_s=self.answer_within_s,
            what=f"topic {name} to have {total} partitions",
            describe=lambda: self.partitions(name),
        )

    def limit_size(self, name: str, largest_bytes: int) -> None:
        """Have a topic take no larger batch from now on; below 150 its own markers do not fit."""
        self._configure(name, "max.message.bytes", str(largest_bytes))

    def require_copies(self, name: str, copies: int) -> None:
        """Have a topic refuse what it could not store in so many complete copies."""
        self._configure(name, "min.insync.replicas", str(copies))

    def _configure(self, name: str, key: str, value: str) -> None:
        entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
        ask(
            lambda: self.admin.incremental_alter_configs([resource])[resource],
            f"set {key} of topic {name}", self.answer_within_s, NOT_KNOWN_YET,
        )  # fmt: skip

    def partitions(self, *names: str) -> dict[str, int]:
        """The partition count of each topic that exists with a leader everywhere."""
        futures = self.admin.describe_topics(
            TopicCollection(list(names)), request_timeout=self.answer_within_s
        )
        counts = {}
        for name, future in futures.items():
            try:
                told = future.result()
            except KafkaException:
                continue
            if all(partition.leader for partition in told.partitions):
                counts[name] = len(told.partitions)
        return counts

    def config(self, name: str) -> dict[str, str]:
        """A topic's configuration as the cluster tells it."""
        resource = ConfigResource(ResourceType.TOPIC, name)
        told = ask(
            lambda: self.admin.describe_configs([resource], request_timeout=self.answer_within_s)[
                resource
            ],
            f"describe the configuration of {name}",
            self.answer_within_s,
            NOT_KNOWN_YET,
        )
        return {key: entry.value for key, entry in told.items()}

    def delete(self, *names: str) -> None:
        """Delete topics, and wait until the cluster shows none of them."""
        for name, future in self.admin.delete_topics(
            list(names), request_timeout=self.answer_within_s
        ).items():
            ask(lambda answer=future: answer, f"delete topic {name}", self.answer_within_s)
        until(
            lambda: not self.partitions(*names),
            within_s=self.answer_within_s,
            what=f"the topics {', '.join(names)} to be gone",
        )
        self.made.difference_update(names)
