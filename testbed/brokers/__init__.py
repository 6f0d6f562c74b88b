"""Brokers behind one small protocol, with capabilities that only some have."""

from testbed.brokers.attach import attach
from testbed.brokers.choose import choose
from testbed.brokers.cluster import KafkaCluster
from testbed.brokers.external import ExternalBroker
from testbed.brokers.kafka import KafkaBroker

__all__ = ["ExternalBroker", "KafkaBroker", "KafkaCluster", "attach", "choose"]
