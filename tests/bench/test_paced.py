"""The wait of an event counts from when it was due, whatever held its sending up."""

import numpy as np

from bench.paced import percentiles


def test_a_stall_counts_for_every_event_that_it_delayed():
    """A hundred events at 100 a second; from the 50th on all are answered at the end only."""
    due = np.arange(100) / 100
    seen = np.where(due < 0.5, due + 0.002, 1.0)
    told = percentiles(seen, due)
    assert told["p95_ms"] == 450.0 and told["max_ms"] == 500.0


def test_an_event_without_an_answer_waits_for_ever():
    due = np.zeros(100)
    seen = np.full(100, 0.005)
    seen[7] = np.inf
    assert percentiles(seen, due) == {
        "p50_ms": 5.0, "p95_ms": 5.0, "p99_ms": 5.0, "max_ms": np.inf
    }  # fmt: skip
