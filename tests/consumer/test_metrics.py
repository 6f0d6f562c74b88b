"""Metrics: names by the conventions, figures that agree, and a port that may be taken."""

import socket
from urllib.request import urlopen

import pytest

from consumer.errors import Unreachable
from consumer.metrics import Metrics


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_figures_are_served():
    """Counters end in _total, times in _seconds, and outcomes are told apart."""
    metrics, port = Metrics(), free_port()
    metrics.fetched(5)
    with metrics.stage("score"):
        pass
    metrics.committed({"scored": 3, "validation_error": 2})
    metrics.serve(port)
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    assert "churn_consumer_events_total 5.0" in text
    assert 'churn_consumer_outcomes_total{outcome="validation_error"} 2.0' in text
    assert 'churn_consumer_stage_seconds_count{stage="score"} 1.0' in text
    assert "churn_consumer_in_flight_records 0.0" in text


def test_a_taken_port_is_told():
    """With what to do about it."""
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        with pytest.raises(Unreachable, match="--metrics-port"):
            Metrics().serve(taken.getsockname()[1])


def test_port_0_serves_nothing():
    """The way to switch it off."""
    assert Metrics().serve(0) is None
