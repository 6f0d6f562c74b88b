"""The rights that the service needs, and no others; docs/security.md tells the same."""

from typing import NamedTuple

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from testbed.history import DEAD_LETTERS, INPUT, PREDICTIONS

GROUP, TRANSACTIONS = "group", "transactions"


class Right(NamedTuple):
    """One line of the list. ``on``: a topic's role, ``GROUP``, or ``TRANSACTIONS``.

    READ and WRITE bring DESCRIBE along, as Kafka has it.
    """

    title: str
    resource: ResourceType
    on: str
    operation: AclOperation


NEEDED = (
    Right("to read events", ResourceType.TOPIC, INPUT, AclOperation.READ),
    Right("to be a member of its group", ResourceType.GROUP, GROUP, AclOperation.READ),
    Right("to write predictions", ResourceType.TOPIC, PREDICTIONS, AclOperation.WRITE),
    Right("to write dead letters", ResourceType.TOPIC, DEAD_LETTERS, AclOperation.WRITE),
)
# Of a service that delivers exactly once.
TRANSACTIONAL = Right(
    "to use transactions", ResourceType.TRANSACTIONAL_ID, TRANSACTIONS, AclOperation.WRITE
)


def needed(delivery: str) -> tuple[Right, ...]:
    """All that a service with that delivery needs."""
    return (*NEEDED, TRANSACTIONAL) if delivery == "exactly-once" else NEEDED


def binding(right: Right, user: str, name: str, *, prefix: bool = False) -> AclBinding:
    """The right as Kafka keeps it; ``name`` of the topic, group or transactional id."""
    return AclBinding(
        right.resource, name,
        ResourcePatternType.PREFIXED if prefix else ResourcePatternType.LITERAL,
        f"User:{user}", "*", right.operation, AclPermissionType.ALLOW,
    )  # fmt: skip
