"""A scenario's end is looked at once: what was only half looked at is never judged."""

from itertools import chain
from types import SimpleNamespace

import pytest

from testbed.errors import BenchError
from testbed.history import Fault, History, Settled
from testbed.pipeline import BEHIND, Pipeline


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

    def __init__(self, events, *, running: bool = True, took_s: float = 0.1, ends: str = "drained"):
        self.history, self.did = History(events), []
        self._behind = Settled(reason=ends, waited_s=took_s, phase=BEHIND)
        self.publisher, self._settled_at = SimpleNamespace(count=0), 0
        self.fleet = SimpleNamespace(running=lambda: ["one"] if running else [])

    def publish(self, drafts, *, phase=""):
        self.did.append(f"publish {drafts} {phase}")

    def await_outcomes(self, phase=""):
        self.did.append(f"await {phase}")
        return self.history.append(self._behind)

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


def test_after_a_fault_events_come_behind_it_one_after_the_other():
    """What the service does again over it comes before their answers, and not after the end."""
    pipeline = Told([*KILL, DRAINED])
    pipeline.finish(lambda: [0, 1, 2])
    turns = [(f"publish [{number}] behind a fault", "await behind a fault") for number in range(3)]
    assert pipeline.did == [*chain(*turns), "stop", "final"]


def test_who_commits_by_a_clock_gets_the_other_events_at_once():
    pipeline = Told([*KILL, DRAINED], took_s=5.0)
    pipeline.finish(lambda: [0, 1, 2])
    assert [one for one in pipeline.did if "publish" in one] == [
        "publish [0] behind a fault", "publish [1, 2] behind a fault",
    ]  # fmt: skip


def test_no_more_events_come_where_one_is_not_answered():
    pipeline = Told([*KILL, DRAINED], ends="stalled")
    pipeline.finish(lambda: [0, 1, 2])
    assert [one for one in pipeline.did if "publish" in one] == ["publish [0] behind a fault"]


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
