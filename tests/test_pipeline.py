"""A scenario's end is looked at once: what was only half looked at is never judged."""

from types import SimpleNamespace

import pytest

from testbed.errors import BenchError
from testbed.history import Fault, History, Settled
from testbed.pipeline import Pipeline


class Ending(Pipeline):
    """A pipeline whose end goes as it is told, and is counted."""

    def __init__(self, trouble: Exception | None):
        self._told, self.ends = trouble, 0
        self.publisher, self._settled_at = SimpleNamespace(count=0), 0

    def _finish(self, sentinels):
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


class Told(Pipeline):
    """A pipeline that only tells what it was made to do in the end."""

    def __init__(self, events, *, running: bool = True):
        self.history, self.did = History(events), []
        self.publisher, self._settled_at = SimpleNamespace(count=0), 0
        self.fleet = SimpleNamespace(running=lambda: ["one"] if running else [])

    def publish(self, drafts, *, phase=""):
        self.did.append(f"publish {drafts} {phase}")

    def await_outcomes(self, phase=""):
        self.did.append(f"await {phase}")

    def look(self, reason):
        self.did.append(reason)

    def read_all(self):
        pass

    def stop_consumers(self):
        self.did.append("stop")

    def close(self):
        pass


KILL = [Fault(name="kill", phase="begin"), Fault(name="kill", phase="end", fired=True)]
DRAINED, STALLED = (Settled(reason=one, waited_s=1.0) for one in ("drained", "stalled"))


def test_after_a_fault_events_come_behind_it():
    """What the service does again over it comes before their answers, and not after the end."""
    pipeline = Told([*KILL, DRAINED])
    pipeline.finish(lambda: [0, 1, 2])
    assert pipeline.did == [
        *("publish [0, 1, 2] behind a fault", "await behind a fault"),
        *("stop", "final"),
    ]


@pytest.mark.parametrize(
    ("events", "running"),
    [
        pytest.param([DRAINED], True, id="no fault"),
        pytest.param([*KILL, DRAINED, STALLED], True, id="not all answered"),
        pytest.param([*KILL], True, id="nothing answered"),
        pytest.param([*KILL, DRAINED], False, id="nobody there"),
    ],
)
def test_else_nothing_comes_behind(events, running):
    pipeline = Told(events, running=running)
    pipeline.finish(lambda: [0, 1, 2])
    assert not [one for one in pipeline.did if "publish" in one]
