"""Which broker a run gets."""

from pathlib import Path

from testbed.brokers.external import ExternalBroker
from testbed.brokers.kafka import KafkaBroker
from testbed.brokers.protocol import Broker
from testbed.options import Options


def choose(options: Options, folder: Path, guardian, say) -> Broker:
    """The broker asked for, not started yet; ``auto`` prefers Redpanda where Docker has it.

    ``folder`` is the run's own, ``say`` takes lines for people: for ``auto`` one that tells
    which broker and why.
    """
    if options.broker == "external":
        return ExternalBroker(options, folder, guardian, say)
    if options.broker == "kafka":
        return KafkaBroker(options, folder, guardian, say, why="asked for")
    from testbed.brokers import redpanda

    if options.broker == "redpanda":
        return redpanda.RedpandaBroker(options, folder, guardian, say)
    there, reason = redpanda.availability(options, say)
    if there:
        say(f"Broker: Redpanda, because {reason}")
        return redpanda.RedpandaBroker(options, folder, guardian, say)
    say(f"Broker: embedded Apache Kafka, because Redpanda cannot be had ({reason})")
    return KafkaBroker(options, folder, guardian, say, why=f"Redpanda cannot be had: {reason}")
