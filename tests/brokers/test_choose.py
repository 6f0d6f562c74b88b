"""Which broker a run gets, and what it is told about that."""

import pytest

from testbed.brokers import ExternalBroker, KafkaBroker, attach, choose, redpanda
from testbed.brokers.protocol import Handover
from testbed.options import Options


@pytest.fixture
def chosen(tmp_path, said):
    """Chooses for the given broker option."""
    return lambda kind, **more: choose(Options(broker=kind, **more), tmp_path, None, said.append)


@pytest.fixture(params=[True, False])
def docker(request, monkeypatch) -> bool:
    """A machine where Redpanda can be had, and one where it cannot."""
    answer = (request.param, "the reason")
    monkeypatch.setattr(redpanda, "availability", lambda options, say: answer)
    return request.param


def test_auto_prefers_redpanda_and_says_why(chosen, docker, said):
    """In one line."""
    broker = chosen("auto")
    assert isinstance(broker, redpanda.RedpandaBroker if docker else KafkaBroker)
    assert len(said) == 1
    assert "the reason" in said[0]
    assert ("embedded" in said[0]) is not docker


def test_what_was_asked_for_is_taken(chosen, docker, said):
    """Whatever else could be had, and without a word."""
    assert isinstance(chosen("kafka"), KafkaBroker)
    assert isinstance(chosen("redpanda"), redpanda.RedpandaBroker)
    assert isinstance(chosen("external", bootstrap_servers="a:1"), ExternalBroker)
    assert said == []


def test_an_external_broker_is_attached_without_capabilities():
    handover = Handover(kind="external", bootstrap_servers="a:1", owned=False)
    reached = attach(handover)
    assert reached.start() == reached.handover == handover
    reached.stop()
