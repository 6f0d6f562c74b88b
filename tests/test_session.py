"""What behave's hooks make of a step that could not go on."""

from types import SimpleNamespace

import pytest
from behave.model_type import Status

from testbed.errors import BenchError
from testbed.session import Session


class World:
    """Says what a world would say when it is asked for the promises."""

    def __init__(self, says: Exception | None):
        self._says = says

    def require_none_broken_yet(self) -> None:
        if self._says:
            raise self._says


def weighed(step, says: Exception | None):
    """The step after the hook looked at it."""
    session = object.__new__(Session)  # the hook needs no bench
    session.weigh(SimpleNamespace(world=World(says)), step)
    return step


def a_step(status=Status.error, exception: Exception | None = None):
    return SimpleNamespace(status=status, exception=exception or BenchError("never ready"))


def test_a_broken_promise_outweighs_the_trouble_that_it_caused():
    """The scenario failed, and both stories are told."""
    step = weighed(a_step(), AssertionError("the service stays up: broken"))
    assert step.status is Status.failed
    assert isinstance(step.exception, AssertionError)
    assert "stays up: broken" in str(step.exception)
    assert "never ready" in str(step.exception)


@pytest.mark.parametrize("says", [None, BenchError("no broker")])
def test_trouble_stays_trouble_where_nothing_is_broken(says):
    """Also where the promises cannot be asked any more."""
    step = weighed(a_step(), says)
    assert step.status is Status.error
    assert isinstance(step.exception, BenchError)


@pytest.mark.parametrize(
    "step",
    [a_step(Status.passed), a_step(Status.failed), a_step(exception=ZeroDivisionError())],
    ids=["passed", "failed", "a mistake in a step"],
)
def test_no_other_step_is_weighed(step):
    """The promises are not even asked."""
    before = step.status
    assert weighed(step, AssertionError("asked")).status is before
