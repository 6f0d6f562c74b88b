"""Puts the parts together: joins the group while the model loads, runs, and leaves in order."""

import gc
import logging
from concurrent.futures import Future
from time import perf_counter

from confluent_kafka import KafkaException

from consumer import clients, metrics_server
from consumer.at_least_once import AtLeastOnce
from consumer.background import in_background
from consumer.dead_lettering import DeadLetters
from consumer.errors import Fenced
from consumer.exactly_once import ExactlyOnce
from consumer.fetching import Source
from consumer.loop import Delivery, Loop
from consumer.metrics import Metrics
from consumer.model_file import checked, load, version_of
from consumer.processing import Processor
from consumer.reading import Reader
from consumer.scoring import Scorer
from consumer.settings import EXACTLY_ONCE, Settings
from consumer.stopping import Stop

log = logging.getLogger(__name__)
# Objects between two collections: a batch's are many, none of them in cycles.
COLLECT_EVERY = 200_000
# A transaction takes several times as long: records that come together, a partition each, share it.
GATHER_S = 0.004


def run(settings: Settings, stop: Stop) -> None:
    """Serve until stopped; raises ``ConsumerError`` with the exit code for what went wrong."""
    try:
        _run(settings, stop)
    except KafkaException as error:
        clients.give_up(error.args[0])
        raise Fenced(f"client failed: {error.args[0].name()}; restart to go on") from error


def _run(settings: Settings, stop: Stop) -> None:
    start = perf_counter()
    data, digest = checked(settings.model_path, settings.model_sha256)
    scorer = in_background(
        lambda: Scorer(load(data, settings.model_path), version_of(digest)), "model"
    )
    try:
        metrics, health = Metrics(), clients.Health()
        metrics_server.serve(settings.metrics_port, metrics)
        client = clients.consumer(settings, health)
        eager = clients.is_eager(settings)
        gather_s = GATHER_S if settings.delivery == EXACTLY_ONCE else 0.0
        source = Source(
            client, settings.input_topic, health, metrics, eager=eager, gather_s=gather_s
        )
        try:
            clients.reach(client, health, stop, settings.start_within_s)
            if not stop.asked:
                _serve(settings, source, scorer, health, metrics, stop, start)
        finally:
            source.close()
    finally:
        scorer.exception()  # an import that is cut short takes the interpreter down with it


def _serve(
    settings: Settings, source: Source, scorer: Future, health: clients.Health,
    metrics: Metrics, stop: Stop, start: float,
) -> None:  # fmt: skip
    limits = clients.size_limit(settings, health, settings.output_topic, settings.deadletter_topic)
    delivery = _delivery(settings, source, health, metrics, stop, limits)
    source.join(delivery)
    while not scorer.done() and not stop.asked:
        source.tend(0.02)
    if stop.asked:
        return
    letters = DeadLetters(
        settings.deadletter_topic, settings.group_id, limits[settings.deadletter_topic]
    )
    processor = Processor(
        Reader(settings.validates), scorer.result(), letters, settings.output_topic, metrics
    )
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
    log.info("running delivery=%s start_s=%.2f", settings.delivery, perf_counter() - start)
    try:
        Loop(source, processor, delivery, metrics, stop, settings.max_messages).run()
    finally:
        delivery.close()
    log.info("stopped outcomes=%d", delivery.committed)


def _delivery(
    settings: Settings, source: Source, health: clients.Health, metrics: Metrics, stop: Stop,
    limits: dict[str, int],
) -> Delivery:  # fmt: skip
    largest, smallest = max(limits.values()), min(limits.values())

    def producer(**more):
        return clients.producer(settings, health, largest, smallest, **more)

    if settings.delivery != EXACTLY_ONCE:
        # No message ever expires: a broker that is away is waited for.
        return AtLeastOnce(producer(**{"message.timeout.ms": 0}), source, health, metrics, stop)
    identity = {
        "transactional.id": clients.transactional_id(settings),
        "transaction.timeout.ms": clients.TRANSACTION_TIMEOUT_MS,
    }
    delivery = ExactlyOnce(lambda: producer(**identity), source, health, metrics, stop)
    delivery.start(settings.start_within_s)
    return delivery
