"""A running broker, as another process of the same run reaches it."""

from testbed.brokers.external import ReachedBroker
from testbed.brokers.protocol import Broker, Handover
from testbed.brokers.running import AttachedKafka


def attach(handover: Handover) -> Broker:
    """The broker with all its capabilities; ``stop`` leaves it to its owner.

    Raises ``CannotStart`` where it is gone.
    """
    if handover.kind == "kafka":
        return AttachedKafka(handover)
    if handover.kind == "redpanda":
        from testbed.brokers.redpanda import RedpandaBroker

        return RedpandaBroker.attached(handover)
    return ReachedBroker(handover)
