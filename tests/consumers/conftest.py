"""What tests of consumers share: model files, and a world in which one consumer runs."""

import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from testbed import models
from testbed.bench import Bench
from testbed.options import Options
from testbed.proof.consumers import honest, install_clients
from testbed.reporting.node import find as find_node
from testbed.world import World

HONEST = Path(__file__).parent / "honest"
CONSUMERS: dict[str, dict] = tomllib.loads((HONEST / "consumers.toml").read_text("utf-8"))


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """A folder with both models, as ``python -m consumer.model`` makes them."""
    return models.ensure()


@pytest.fixture(scope="session")
def node() -> list[str]:
    """The command of a Node whose consumer has its client library; installed if need be."""
    install_clients(honest())
    return find_node().node


def options_for(name: str, node: list[str], bootstrap_servers: str, reports: Path) -> Options:
    """The suite's options for one honest consumer, as consumers.toml declares it."""
    consumer = CONSUMERS[name]
    program, *words = consumer["command"]
    start = {"python": [sys.executable], "node": node}[program]
    return Options(
        broker="external",
        bootstrap_servers=bootstrap_servers,
        consumer_command=json.dumps([*start, *words]),
        delivery=consumer["delivery"],
        dead_letter="json",
        metrics=False,
        session_timeout_s=consumer["session_timeout_s"],
        reports=reports,
    )


@pytest.fixture
def world_of(broker, node, tmp_path) -> Iterator[Callable[[str], World]]:
    """``world_of(name)``: a scenario of its own for that honest consumer."""
    opened: list[World] = []

    def open_world(name: str) -> World:
        options = options_for(name, node, broker.bootstrap_servers, tmp_path)
        bench = Bench(options, say=print)
        opened.append(World(bench, "honest.feature", name, "honest.feature:1"))
        return opened[-1]

    yield open_world
    for world in opened:
        world.close()
        world.bench.close()
