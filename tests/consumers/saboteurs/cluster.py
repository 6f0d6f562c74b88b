"""Sins that a single broker hides: what is stored once is not safe, and coordinators move."""

import os
from typing import ClassVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from consumer.at_least_once import AtLeastOnce
from consumer.fetching import Source
from tests.consumers.saboteurs.changing import client_properties, instead
from tests.consumers.saboteurs.naive import Naive
from tests.consumers.saboteurs.network import Burying
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import LOST_ALONE, LOST_KEEPER, TOO_FEW_COPIES

TOO_FEW = {KafkaError.NOT_ENOUGH_REPLICAS, KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND}


@saboteur("no-loss", LOST_ALONE, source="B-07", also="order-per-customer")
def asks_one_broker_alone():
    """Takes for stored what the leader has, before anybody else does (acks=1)."""
    client_properties("Producer", acks=1, enable_idempotence=False)


@saboteur("no-loss", LOST_ALONE, group="cluster", alone=True, also="order-per-customer")
def asks_no_broker_at_all():
    """Takes for stored what it has sent (acks=0)."""

    class Careless(Naive):
        producer_properties: ClassVar = {"acks": 0}

    return Careless().run()


@saboteur("no-loss", TOO_FEW_COPIES, also="order-per-customer")
def takes_too_few_copies_for_enough():
    """Does not try again what the broker refused for want of copies, and commits it."""
    client_properties("Producer", retries=0, enable_idempotence=False)

    @instead(AtLeastOnce, "_failed")
    def _(failed, self, error, message):
        if error.code() not in TOO_FEW:
            failed(self, error, message)


@saboteur("right-outcome", TOO_FEW_COPIES, group="cluster", alone=True,
          also=("right-error-type", "never-both", "order-per-customer"))  # fmt: skip
def buries_what_lacks_copies():
    """Dead-letters a valid event because the broker wants more copies than there are."""

    class Impatient(Burying):
        producer_properties: ClassVar = {"retries": 0}

    return Impatient().run()


@saboteur("lag-returns", LOST_KEEPER, source="B-41", also=("commit-reaches-end", "no-duplicates"))
def asks_only_the_keeper_that_it_knew():
    """Commits to the broker that kept its group's progress at first, and never seeks another."""
    known: list = []

    @instead(Source, "commit")
    def _(commit, self, offsets):
        if not known:
            known.append(_keeper())
        if self._health.lost_at and _keeper() != known[0]:
            raise KafkaException(KafkaError(KafkaError.NOT_COORDINATOR))
        commit(self, offsets)


def _keeper() -> int:
    admin = AdminClient({"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"]})
    group = os.environ["GROUP_ID"]
    return admin.describe_consumer_groups([group])[group].result(30).coordinator.id
