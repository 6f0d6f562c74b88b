"""A scenario's network: the service comes by it alone, faults are recorded, and all is closed."""

import json
import socket
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import msgspec
import psutil
import pytest

from testbed.bench import HANDOVER, Bench
from testbed.errors import BenchError
from testbed.faults import recorded
from testbed.history import Fault, Mark
from testbed.network import proxy
from testbed.options import Options
from testbed.traffic import Traffic
from testbed.world import World

LOAD = 2000


@pytest.fixture(scope="module")
def bench(broker, tmp_path_factory):
    """A bench on the session's broker, as a worker of a run has it."""
    folder = tmp_path_factory.mktemp("bench")
    handed_over = folder / "handover.json"
    handed_over.write_text(json.dumps(msgspec.to_builtins(broker)), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HANDOVER, str(handed_over))
        bench = Bench(Options(broker="kafka", reports=folder, delivery="at-least-once"), print)
        yield bench
        bench.close()


@pytest.fixture
def world(bench):
    world = World(bench, "features/network.feature", "a scenario", "features/network.feature:1")
    yield world
    world.close()


def faults(world) -> list[tuple[str, str, bool]]:
    return [(one.name, one.phase, one.fired) for one in world.history.of(Fault)]


@pytest.mark.slow
def test_the_service_keeps_its_promises_behind_faults(world):
    """Each is recorded with its proof, and the service comes through."""
    world.network.open()
    world.service.start()
    with Traffic(world.pipeline, world.sending.load(LOAD)) as traffic:
        traffic.await_answers(share=0.2)
        world.network.lose_answer("OffsetCommit")
        world.network.blackhole_from("Produce", for_s=0.3)
        traffic.await_progress()
    world.require_all()
    names = ["network lost OffsetCommit answer", "network blackhole"]
    assert faults(world) == [
        (name, phase, phase == "end") for name in names for phase in ("begin", "end")
    ]
    lost = world.history.of(Fault)[1]
    assert lost.proof["answers"] == 1
    assert lost.proof["open_work"] >= 0  # a fast service may have done all that was there just then
    world.close()
    figures = world.history.of(Mark)[-1].figures
    assert figures["fired"] == 1 and figures["opened"] > 2


def test_a_fault_that_bites_nothing_is_an_error(world):
    world.limits = replace(world.limits, fault_bites_s=0.1)
    world.network.open()
    with pytest.raises(BenchError, match="'network blackhole' bit nothing"):
        world.network.blackhole(for_s=0.0)
    assert faults(world)[-1] == ("network blackhole", "end", False)


def test_an_answer_that_never_comes_is_an_error(world):
    world.limits = replace(world.limits, fault_bites_s=0.1)
    world.network.open()
    with pytest.raises(BenchError, match="'network lost OffsetCommit answer' did not fire"):
        world.network.lose_answer("OffsetCommit")


def test_nothing_bites_a_service_that_has_ended(world, monkeypatch):
    """Nobody waits for it to connect again."""
    world.network.open()
    ended = SimpleNamespace(instances={0: None}, running=list, close=lambda: None)
    monkeypatch.setattr(world.pipeline, "fleet", ended)
    begun = time.monotonic()
    with pytest.raises(BenchError, match="'network reset' bit nothing"):
        world.network.cut()
    assert time.monotonic() - begun < 5


def test_two_faults_at_once_are_an_error(world):
    """Nobody could tell which one did what, so it says nothing about the consumer."""
    world.network.open()
    other = "Two faults at once: 'network blackhole' while 'network latency' is on"
    with (
        pytest.raises(BenchError, match=other) as caught,
        world.network.fault("latency", delay_s=0.01),
    ):
        world.network.blackhole(for_s=0.0)
    assert caught.value.exit_code == 4
    assert faults(world) == [
        ("network latency", "begin", False), ("network latency", "end", False),
    ]  # fmt: skip


def test_a_broker_is_not_broken_behind_a_broken_network(world):
    world.network.open()
    with (
        pytest.raises(BenchError, match="'broker crash' while 'network latency' is on"),
        world.network.fault("latency", delay_s=0.01),
        recorded(world.pipeline, "broker crash"),
    ):
        pytest.fail("two faults at once")


@pytest.mark.parametrize("what", ["start", "stop"])
def test_a_fault_during_start_or_stop_is_an_error(world, what):
    """What the service then does late or not at all would be put down to it."""
    world.network.open()
    with (
        pytest.raises(BenchError, match=f"A fault during the {what} of the service") as caught,
        world.network.fault("latency", delay_s=0.01),
    ):
        getattr(world.service, what)()
    assert caught.value.exit_code == 4
    assert not world.pipeline.fleet.instances


def test_a_network_that_cannot_be_healed_allows_no_verdict(world, monkeypatch):
    """It is told, and gone with the scenario all the same."""
    world.network.open()
    process = psutil.Process(world.network._proxy._process.pid)
    monkeypatch.setattr(proxy, "ANSWER_WITHIN_S", 0.2)
    with (
        pytest.raises(BenchError, match="The network proxy did not answer") as caught,
        world.network.fault("blackhole"),
    ):
        process.suspend()
    assert caught.value.exit_code == 4
    with pytest.raises(BenchError, match="The network could not be healed"):
        world.require_all()
    world.close()
    assert not process.is_running()


def test_a_network_that_stands_still_allows_no_verdict(world, monkeypatch):
    """Whatever the service did not do, it could not."""
    world.network.open()
    psutil.Process(world.network._proxy._process.pid).suspend()
    monkeypatch.setattr(proxy, "ANSWER_WITHIN_S", 0.2)
    with pytest.raises(BenchError, match="The network proxy did not answer"):
        world.require_all()


def connect_later(world) -> socket.socket:
    """A client that comes a moment after the fault has begun."""
    host, _, port = world.network.servers.rpartition(":")
    client = socket.socket()
    threading.Timer(0.1, client.connect, [(host, int(port))]).start()
    return client


def test_a_fault_lasts_until_it_has_bitten(world):
    """The service may have lost its connections just before the fault begins."""
    world.network.open()
    with connect_later(world), world.network.fault("reset"):
        pass
    assert faults(world) == [("network reset", "begin", False), ("network reset", "end", True)]


def test_what_is_cut_is_a_connection(world):
    """The first may be cut before the service has come back from the one before."""
    world.network.open()
    with connect_later(world):
        world.network.cut()
    assert faults(world) == [("network reset", "begin", False), ("network reset", "end", True)]
    whats = [note["what"] for note in world.network._proxy.notes]
    assert whats.index("opened") < whats.index("begun")


def test_a_network_that_nobody_asked_for_is_an_error(world):
    with pytest.raises(BenchError, match="did not ask for a network"):
        world.network.cut()
    assert world.network.servers == world.bench.handover.bootstrap_servers
    assert world.pipeline
    with pytest.raises(BenchError, match="after the scenario had begun"):
        world.network.open()


def test_a_network_that_ended_by_itself_allows_no_verdict(world):
    world.network.open()
    world.network._proxy._process.kill()
    world.network._proxy._process.wait()
    with pytest.raises(BenchError, match="proxy ended by itself"):
        world.require_all()
