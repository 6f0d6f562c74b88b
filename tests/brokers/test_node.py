"""The process of an embedded broker, with a sleeping program in Kafka's place."""

import secrets
import sys

import pytest

from testbed.brokers.node import Node
from testbed.processes import TOKEN_VARIABLE, kill_marked, marked

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The token of a run, and a maker of its brokers; the test itself does not carry it."""
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    token, made = f"tests-{secrets.token_hex(4)}", []

    def make(name: str, **more) -> Node:
        node = Node(tmp_path / name)
        node.define(SLEEP, token=token, **more)
        node.launch()
        made.append(node)
        return node

    yield token, make
    kill_marked(token)
    for node in made:
        node.kill()  # collects what is left of it


def pids(token: str) -> set[int]:
    return {process.pid for process in marked(token)}


def test_its_guardian_finds_it_whoever_started_it_last(run):
    """Between a start and its registration a run may be shot, and a worker registers nothing."""
    token, make = run
    first = make("kafka")
    assert pids(token) == {first.process().pid}
    first.kill()
    other = Node(first.folder)  # as another process of the run sees it
    other.launch()
    assert pids(token) == {other.process().pid}


def test_the_end_of_one_is_not_the_end_of_another(run):
    """The cache's training runs beside the broker, under the same run."""
    token, make = run
    broker, training = make("kafka"), make("training")
    training.kill()
    assert pids(token) == {broker.process().pid}


def test_one_that_is_kept_is_not_the_run_s(run):
    """It must outlast the guardian's last look."""
    token, make = run
    kept = make("kafka", outlives=True)
    try:
        assert pids(token) == set()
        assert kept.running
    finally:
        kept.kill()
