"""Metrics: names and types by the conventions, and figures that agree."""

import pytest
from builders import FakeClient, Record
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from consumer.clients import Health
from consumer.fetching import Source
from consumer.metrics import STAGES, Metrics

UNITS = ("_seconds", "_records", "_bytes", "_partitions", "_info", "_fds")


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def page(metrics: Metrics) -> dict:
    text = generate_latest(metrics.registry).decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"churn_consumer_{name}", labels)


def test_a_batch_is_counted_in_every_figure(metrics):
    """Events, outcomes, dead letters by type, batch size, stages, and what is in flight."""
    metrics.fetched(5, 0.01)
    assert value(metrics, "in_flight_records") == 5
    with metrics.stage("score"):
        pass
    metrics.committed({"scored": 3, "validation_error": 2}, {0: 5})
    metrics.turned(0)
    assert value(metrics, "events_total") == value(metrics, "batch_records_sum") == 5
    assert value(metrics, "outcomes_total", outcome="scored") == 3
    assert value(metrics, "outcomes_total", outcome="validation_error") == 2
    assert value(metrics, "dead_letters_total", error_type="validation_error") == 2
    assert value(metrics, "stage_seconds_count", stage="score") == 1
    assert value(metrics, "stage_seconds_count", stage="fetch") == 1
    assert value(metrics, "in_flight_records") == 0


def test_names_and_types_follow_the_conventions(metrics):
    """A prefix, counters without a unit of their own, other names with one, and a help text."""
    own = [family for name, family in page(metrics).items() if name.startswith("churn_consumer_")]
    assert len(own) == 11
    for family in own:
        assert family.documentation
        assert family.type in ("counter", "gauge", "histogram")
        if family.type != "counter":
            assert family.name.endswith(UNITS), family.name


def test_what_has_not_happened_yet_is_a_zero(metrics):
    """Prometheus sees no rate in a series that begins with 1."""
    for stage in STAGES:
        assert value(metrics, "stage_seconds_count", stage=stage) == 0
    assert value(metrics, "dead_letters_total", error_type="inference_error") == 0
    assert value(metrics, "outcomes_total", outcome="scored") == 0


def test_no_series_tells_when_another_was_created(metrics):
    """They double the page, and nobody asks for them."""
    assert not [name for name in page(metrics) if name.endswith("_created")]


def source(metrics: Metrics, *batches, ends: dict[int, int]):
    client = FakeClient(batches)
    client.ends = ends
    made = Source(client, "input", Health(), metrics)
    made.join(None)
    client.assign(*ends)
    return made, client


def look(made: Source) -> None:
    made._look_at = 0.0
    made.fetch(10)


def test_the_lag_is_the_end_less_what_is_committed(metrics):
    """A partition without a commit is behind by all of its records."""
    made, client = source(metrics, [Record(b"", offset=3)], ends={0: 10})
    look(made)
    assert value(metrics, "lag_records", partition="0") == 7
    metrics.committed({"scored": 1}, {0: 4})
    look(made)
    assert value(metrics, "lag_records", partition="0") == 6
    client.ends[0] = 12
    look(made)
    assert value(metrics, "lag_records", partition="0") == 8


def test_a_partition_that_has_nothing_to_read_has_no_lag(metrics):
    """Once that is known: before, it has no figure at all."""
    made, client = source(metrics, ends={0: -1001})
    look(made)
    assert value(metrics, "lag_records", partition="0") is None
    client.ends[0] = 5
    look(made)
    assert value(metrics, "lag_records", partition="0") == 0


def test_a_partition_that_went_away_shows_no_lag(metrics):
    """It is another member's to tell; when it comes back, its old position counts no more."""
    made, client = source(metrics, [Record(b"", offset=0)], ends={0: 4})
    made._owner = type("Owner", (), {"lost": lambda *_: None})()
    look(made)
    assert value(metrics, "lag_records", partition="0") == 4
    client.lose(0)
    assert value(metrics, "lag_records", partition="0") is None
    assert value(metrics, "assigned_partitions") == 0
    assert value(metrics, "rebalances_total", what="lost") == 1
    client.assign(0)
    look(made)
    assert value(metrics, "lag_records", partition="0") == 0
