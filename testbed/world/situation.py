"""Builds what one scenario stands on: topics, group, processes and observers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from testbed import command
from testbed import topics as topic_names
from testbed.bench import ROOT, Bench
from testbed.brokers import ports
from testbed.brokers.protocol import HasNodes
from testbed.clients import reader
from testbed.fleet import Fleet
from testbed.history import DEAD_LETTERS, INPUT, PREDICTIONS, Began
from testbed.observers.group import GroupObserver
from testbed.observers.topics import TopicReader
from testbed.pipeline import OUTPUTS, Pipeline
from testbed.producing import Publisher
from testbed.telco.reading import read_dead_letter, read_prediction

if TYPE_CHECKING:
    from testbed.world.world import World


def build(world: World) -> Pipeline:
    """Create the topics and start the observers; the consumer is not started yet."""
    bench, history = world.bench, world.history
    token = bench.next_token()
    topics, partitions = topic_names.names(token), dict(topic_names.PARTITIONS)
    group = f"telco-churn-scorer-{token}"
    history.append(_began(world, topics, dict(partitions), group))
    bench.leftovers.note_group(group)
    bench.topics.create({topics[role]: partitions[role] for role in topics})
    observer = GroupObserver(
        bench.questions, group, topics, partitions, history, plain_servers=_plain_servers(bench)
    )
    observer.start()
    fleet = _fleet(world, topics, group)
    fleet.in_group = observer.in_use
    return Pipeline(
        history=history,
        publisher=Publisher(bench.producer, topics[INPUT], history),
        fleet=fleet,
        reader=_reader(world, topics, partitions),
        group=observer,
        oracle=bench.oracle(world.files),
        limits=world.limits,
        session_timeout_s=world.options.session_timeout_s,
        topics=topics,
        partitions=partitions,
    )


def _plain_servers(bench: Bench) -> str:
    """Those of a cluster whose coordinators may move; no other's do."""
    return bench.handover.bootstrap_servers if isinstance(bench.broker, HasNodes) else ""


def _began(world: World, topics, partitions, group: str) -> Began:
    options = world.options
    return Began(
        scenario=world.name,
        feature=world.feature,
        seed=options.seed,
        consumer="reference" if options.is_reference else options.consumer_command,
        broker=world.bench.handover.name,
        delivery=options.delivery,
        dead_letter=options.dead_letter,
        oracle=options.oracle,
        validates=options.validates,
        session_timeout_s=options.session_timeout_s,
        topics=topics,
        partitions=partitions,
        group=group,
        replay=f"behave {world.place} -D seed={options.seed}",
        service_levels=options.service_levels,
    )


def _fleet(world: World, topics: dict[str, str], group: str) -> Fleet:
    bench, options = world.bench, world.options
    values = {
        "bootstrap_servers": world.security.servers or world.network.servers,
        "input_topic": topics[INPUT],
        "output_topic": topics[PREDICTIONS],
        "deadletter_topic": topics[DEAD_LETTERS],
        "group_id": group,
        "model_path": str(world.files.skops),
        "model_json_path": str(world.files.json),
        "client_config": str(bench.client_config(world.client_properties)),
    }
    return Fleet(
        words=bench.words,
        values=values,
        history=world.history,
        logs=options.reports,
        name=world.slug,
        cwd=ROOT if options.is_reference else command.started_in(),
        token=bench.token,
        free_port=ports.next_own,
        stop_within_s=world.limits.consumer_stop_s,
        session_s=bench.experience.session_s(options.session_timeout_s) + world.limits.settle_s,
    )


def _reader(world: World, topics: dict[str, str], partitions: dict[str, int]) -> TopicReader:
    readings = {topics[PREDICTIONS]: read_prediction, topics[DEAD_LETTERS]: read_dead_letter}
    places = [(topics[role], p) for role in OUTPUTS for p in range(partitions[role])]
    return TopicReader(reader(world.bench.handover), places, readings, world.history)
