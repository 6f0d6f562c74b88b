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

PREFIX = "telco"  # of the names of all topics, groups and transactional ids that the suite makes
_OF_THE_SUITE = (
    (ResourceType.TOPIC, AclOperation.ALL),
    (ResourceType.GROUP, AclOperation.ALL),
    (ResourceType.TRANSACTIONAL_ID, AclOperation.ALL),
)


def of_the_suite(user: str) -> list[AclBinding]:
    """What the account of the suite itself needs on a cluster that others use too."""
    everything = [
        _allowed(user, resource, PREFIX, operation, ResourcePatternType.PREFIXED)
        for resource, operation in _OF_THE_SUITE
    ]
    cluster = ("kafka-cluster", AclOperation.DESCRIBE, ResourcePatternType.LITERAL)
    return [*everything, _allowed(user, ResourceType.BROKER, *cluster)]


def needed(delivery: str) -> tuple[Right, ...]:
    """All that a service with that delivery needs."""
    return (*NEEDED, TRANSACTIONAL) if delivery == "exactly-once" else NEEDED


def binding(right: Right, user: str, name: str, *, prefix: bool = False) -> AclBinding:
    """The right as Kafka keeps it; ``name`` of the topic, group or transactional id."""
    pattern = ResourcePatternType.PREFIXED if prefix else ResourcePatternType.LITERAL
    return _allowed(user, right.resource, name, right.operation, pattern)


def _allowed(user: str, resource, name: str, operation, pattern) -> AclBinding:
    return AclBinding(
        resource, name, pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW
    )
