"""The honest consumers through a real broker: no promise that they make is ever broken."""

import pytest

from testbed.checker.verdict import Verdict
from testbed.history import Outcome, Process
from testbed.world import World
from tests.consumers.conftest import CONSUMERS

every_consumer = pytest.mark.parametrize("name", CONSUMERS)
EVENTS = 300


def assert_honest(world: World) -> None:
    """All that was sent is answered, and no promise is broken."""
    judgement = world.judgement()
    stories = [(one.title, one.violations[:3]) for one in judgement.broken]
    assert not stories
    assert judgement.finding("no-loss").verdict is Verdict.HELD


@every_consumer
def test_it_answers_a_mixture(name, world_of):
    """Valid and invalid events, odd bytes and headers: each gets its one right outcome."""
    world = world_of(name)
    world.service.start()
    world.pipeline.publish(world.sending.load(EVENTS))
    world.sending.positions()
    assert_honest(world)
    assert len(world.history.of(Outcome)) > EVENTS


@every_consumer
def test_it_loses_nothing_when_it_is_killed(name, world_of):
    """Killed in the middle of a load and started again: nothing is lost."""
    world = world_of(name)
    world.service.start()
    world.service.kill_under_load(EVENTS)
    world.service.start()
    assert_honest(world)


@every_consumer
def test_it_stops_cleanly(name, world_of):
    """Asked to stop under load: it ends by itself, and the next start repeats nothing."""
    world = world_of(name)
    world.service.start()
    world.service.stop_under_load(EVENTS)
    world.service.start()
    assert_honest(world)
    stopped = [one for one in world.history.of(Process) if one.what == "exited"]
    assert stopped
    assert all(one.exit_code == 0 and one.by == "suite" for one in stopped)


@every_consumer
def test_it_shares_its_work(name, world_of):
    """A second and a third member come and go in the middle of a load."""
    world = world_of(name)
    world.service.start()
    world.service.scale_under_load(10 * EVENTS, 2, 3, 1)
    assert_honest(world)
