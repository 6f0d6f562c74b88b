"""What behave's hooks make of a step that could not go on."""

import signal
import threading
from types import SimpleNamespace

import pytest
from behave.model import Feature, Scenario
from behave.model_type import Status

from testbed import session
from testbed.bench import HANDOVER
from testbed.errors import BenchError
from testbed.limits import Limits
from testbed.reporting import record
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
    exception = exception or BenchError("never ready")
    return SimpleNamespace(name="a step", status=status, exception=exception)


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


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A session over a bench that only knows its options."""
    monkeypatch.setattr(session, "Bench", lambda options, **_: SimpleNamespace(options=options))
    return lambda **more: Session.open({"reports": str(tmp_path), **more})


def test_a_pass_has_its_own_histories_and_the_run_one_set_of_reports(opened, tmp_path, monkeypatch):
    """Whatever names the process was given by the runner."""
    assert opened().bench.options.reports == tmp_path
    monkeypatch.setenv(HANDOVER, "somewhere")
    monkeypatch.setenv(record.PASS, "pass-2")
    later = opened()
    assert later.bench.options.reports == tmp_path / "pass-2"
    later._record(a_scenario())
    assert [one.scenario for one in record.read_all(tmp_path)] == ["S"]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs an alarm")
def test_a_step_is_ended_when_the_scenario_has_no_time_left(opened):
    """And what comes after it is not."""
    one = opened(**{"timeout.scenario_s": "0.05"})
    one._clock.begin()
    one.begin_step()
    with pytest.raises(BenchError, match="scenario to end within"):
        threading.Event().wait(5)
    one.end_step(SimpleNamespace(world=World(None)), a_step())
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def a_scenario():
    """One that has passed, as behave tells it."""
    feature = Feature("f.feature", 1, "Feature", "F")
    scenario = Scenario("f.feature", 2, "Scenario", "S")
    scenario.feature = scenario.parent = feature
    return scenario


class Bench(SimpleNamespace):
    """One that has others beside it."""

    can_spare = True

    def spare(self):
        return "spare"

    def guarded(self):
        return "guarded"


@pytest.mark.parametrize(
    ("tags", "other"),
    [(["kafka"], ""), (["breaks-broker"], "spare"), (["guarded", "client-config"], "guarded")],
)
def test_only_a_scenario_that_asks_for_it_gets_another_broker(tmp_path, monkeypatch, tags, other):
    monkeypatch.setattr(session, "World", lambda bench, *_: bench)
    feature = SimpleNamespace(filename="f.feature")
    scenario = SimpleNamespace(
        filename="f.feature", line=1, name="s", feature=feature, effective_tags=tags
    )
    options = SimpleNamespace(limits=Limits())
    own = Bench(options=options)
    assert Session(own, tmp_path)._world(scenario) == (other or own)
