"""A broker that a run leaves running, and the next one finds."""

import psutil
import pytest

from testbed.brokers import KafkaBroker, kept
from testbed.brokers.guard import Guard
from testbed.brokers.installation import Installation
from testbed.brokers.node import Node
from testbed.brokers.readiness import Readiness
from testbed.errors import CannotStart
from testbed.options import Options


@pytest.fixture
def kept_broker(own_cache, make_broker):
    """Its handover; it is ended after the test."""
    broker = make_broker(keep=True)
    handover = broker.start()
    broker.stop()
    yield handover
    Node(broker._node.folder).kill()


def test_a_kept_broker_is_reused_and_left_running(kept_broker, make_broker, said):
    """Said in one line each; another run that wants it meanwhile gets one of its own."""
    assert f"to end it: kill {kept_broker.pid}" in said[-1]
    said.clear()
    again = make_broker()
    handover = again.start()
    assert (handover.pid, handover.owned) == (kept_broker.pid, False)
    assert handover.bootstrap_servers == kept_broker.bootstrap_servers
    assert handover.proxied == kept_broker.proxied and handover.proxied
    assert len(said) == 1
    assert "left running" in said[0]
    assert kept.find(0) is None, "somebody uses it"
    again.restart(clean=False)
    again.stop()
    assert Readiness(kept_broker.bootstrap_servers)()


def test_it_is_reused_on_the_port_asked_for_only(kept_broker, make_broker):
    port = int(kept_broker.bootstrap_servers.split(":")[1])
    assert kept.find(1) is None
    assert make_broker(port=port).start().pid == kept_broker.pid


def test_one_that_has_died_is_cleared_away(kept_broker):
    """With its data and its folder."""
    record = kept._read()
    record.node.kill()
    assert kept.find(0) is None
    assert not kept._record().exists()
    for folder in (record.folder, record.data):
        assert not kept.Path(folder).exists()


def test_a_record_that_makes_no_sense_is_no_broker(own_cache):
    kept._record().write_text("{", "utf-8")
    assert kept.find(0) is None


def test_one_that_does_not_answer_is_not_reused(own_cache, make_broker, monkeypatch, said):
    """A frozen one, say."""
    monkeypatch.setattr(kept, "find", lambda port: (kept.Kept("/nowhere", "", 1, ""), Claim()))
    broker = make_broker()
    monkeypatch.setattr(broker, "_start_mended", lambda: pytest.fail("as it should"))
    with pytest.raises(pytest.fail.Exception):
        broker.start()
    assert "does not answer" in said[0]
    assert Claim.released
    assert psutil.pid_exists(psutil.Process().pid)


class Claim:
    """A lock that only remembers."""

    released = False

    def release(self) -> None:
        Claim.released = True


def test_a_kept_broker_that_fails_to_start_leaves_nothing(own_cache, make_broker, monkeypatch):
    broker = make_broker(keep=True)

    def fail() -> int:
        raise CannotStart("no")

    monkeypatch.setattr(broker, "_start_mended", fail)
    with pytest.raises(CannotStart):
        broker.start()
    assert list((own_cache / "kept").glob("kafka-*")) == []


def test_a_guarded_one_is_never_a_kept_one(tmp_path, monkeypatch):
    """What was kept has no guarded ways in."""

    def not_there(*_):
        raise CannotStart("No Java")

    monkeypatch.setattr(kept, "find", lambda _: pytest.fail("looked for a kept one"))
    monkeypatch.setattr(Installation, "find", not_there)
    broker = KafkaBroker(Options(broker="kafka"), tmp_path, None, print, guard=Guard({}))
    with pytest.raises(CannotStart, match="No Java"):
        broker.start()
