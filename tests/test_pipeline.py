"""A scenario's end is looked at once: what was only half looked at is never judged."""

from types import SimpleNamespace

import pytest

from testbed.errors import BenchError
from testbed.pipeline import Pipeline


class Ending(Pipeline):
    """A pipeline whose end goes as it is told, and is counted."""

    def __init__(self, trouble: Exception | None):
        self._told, self.ends = trouble, 0
        self.publisher, self._settled_at = SimpleNamespace(count=0), 0

    def _finish(self):
        self.ends += 1
        if self._told:
            raise self._told


def test_an_end_comes_once():
    pipeline = Ending(None)
    pipeline.finish()
    pipeline.finish()
    assert pipeline.ends == 1


def test_a_broken_end_stays_broken():
    """Else the second look would judge commits that nobody had read."""
    pipeline = Ending(BenchError("No leaders found"))
    for _ in range(2):
        with pytest.raises(BenchError, match="No leaders found"):
            pipeline.finish()
    assert pipeline.ends == 1
