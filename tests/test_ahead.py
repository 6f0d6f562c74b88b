"""Which scenario is begun while the one before it runs."""

from types import SimpleNamespace

import pytest

from testbed.ahead import FIRST_STEP, Ahead


def scenario(first=FIRST_STEP, tags=()):
    steps = [SimpleNamespace(name=first)]
    return SimpleNamespace(all_steps=steps, effective_tags=list(tags), should_run=lambda _: True)


def begun_while_first_runs(second) -> list:
    """The scenarios whose worlds are made before the first one ends."""
    made = []

    def make(one):
        made.append(one)
        pipeline = SimpleNamespace(start_consumers=lambda _: None)
        return SimpleNamespace(pipeline=pipeline, close=lambda: None)

    first, ahead = scenario(), Ahead(make)
    ahead.plan(SimpleNamespace(walk_scenarios=lambda: [first, second]), None)
    ahead.take(first)
    ahead._pool.shutdown()
    ahead.close()
    return made[1:]


def test_one_that_starts_the_service_is_begun():
    following = scenario()
    assert begun_while_first_runs(following) == [following]


@pytest.mark.parametrize("following", [scenario("events wait"), scenario(tags=["breaks-broker"])])
def test_others_are_not(following):
    """A broker that is being broken would take the next scenario's start along."""
    assert begun_while_first_runs(following) == []
