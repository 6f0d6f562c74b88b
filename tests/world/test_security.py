"""What counts as shut out, and what as waiting for a right."""

from types import SimpleNamespace

import pytest

from testbed.errors import BenchError
from testbed.history import DEAD_LETTERS, Checkpoint, Group, History, Member, Outcome, Process
from testbed.security import rights
from testbed.world.security import PASSWORD, Security

OUTCOME = Outcome(role=DEAD_LETTERS, partition=0, offset=0)


def security(*events, members=(), committed=None, reference=True) -> Security:
    """After a start with one thing wrong, as the history and the group tell of it."""
    group = SimpleNamespace(
        describe=lambda: Group(state="stable", members=members), committed=lambda: committed or {}
    )
    world = SimpleNamespace(
        history=History(events),
        pipeline=SimpleNamespace(group=group),
        options=SimpleNamespace(is_reference=reference, delivery="at-least-once"),
    )
    made = Security(world)
    made._wrongs = [PASSWORD]
    return made


def ended(code: int) -> Process:
    return Process(instance=0, incarnation=1, what="exited", by="consumer", exit_code=code)


def test_who_ends_with_the_right_code_and_does_nothing_is_shut_out():
    security(ended(5)).expect_shut_out()


def test_who_stays_and_tries_on_is_shut_out_as_well():
    """Exit codes are the reference's promise alone."""
    security(reference=False).expect_shut_out()


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"members": (Member(member_id="m", client_id="c"),)}, "got .'c'. in the group"),
        ({"committed": {0: 3}}, "3 events that count as done"),
    ],
)
def test_a_member_or_a_commit_is_taking_part(state, why):
    with pytest.raises(AssertionError, match=why):
        security(ended(5), **state).expect_shut_out()


def test_an_answer_is_taking_part():
    with pytest.raises(AssertionError, match="1 answers"):
        security(ended(5), OUTCOME).expect_shut_out()


@pytest.mark.parametrize("events", [[], [ended(3)], [ended(5), ended(5)]])
def test_the_reference_ends_once_with_its_code(events):
    with pytest.raises(AssertionError, match="Expected instance and exit code"):
        security(*events).expect_shut_out()


def test_work_that_waits_shows_that_a_right_was_missing():
    made = security(ended(5))
    made._stops = {"to read events": Checkpoint(reason="live", input_ends={0: 4}, committed={0: 3})}
    made.expect_stopped()
    made._stops["to read events"] = Checkpoint(reason="live", input_ends={0: 4}, committed={0: 4})
    with pytest.raises(AssertionError, match="got none for to read events"):
        made.expect_stopped()


@pytest.mark.parametrize(("reference", "waits_s"), [(True, 60.0), (False, 4.0)])
def test_the_reference_is_given_the_time_to_end(reference, waits_s):
    """Others stand still as soon as nothing has moved for a while."""
    made, now = security(reference=reference), [0.0]
    world = made._world
    world.history = SimpleNamespace(now=lambda: now[0])
    world.limits = SimpleNamespace(consumer_ready_s=60.0, outcomes_s=5.0)
    world.pipeline.reader = SimpleNamespace(count=0)
    looks = []

    def running():
        looks.append(now[0])
        now[0] += 1
        return [0]

    world.pipeline.fleet = SimpleNamespace(running=running)
    made._await_powerless(4.0)
    assert looks[-1] == waits_s


def test_no_right_withdrawn_proves_nothing():
    with pytest.raises(AssertionError, match="got none"):
        security().expect_stopped()


def test_only_rights_that_the_service_needs_are_withdrawn(monkeypatch):
    made, gone = security(), []
    monkeypatch.setattr(made, "_without", gone.append)
    made.withdraw_each(["to use transactions", "to read events"])
    assert gone == [rights.NEEDED[0]]


def test_a_right_that_nobody_knows_is_a_mistake_of_the_feature():
    """It would be left out in silence."""
    with pytest.raises(BenchError, match="Expected rights that are on the list, got to dance"):
        security().withdraw_each(["to dance"])


def test_nobody_asks_for_a_guarded_broker_too_late():
    with pytest.raises(BenchError, match="after the scenario had begun"):
        security().open()


def test_what_cannot_be_wrong_is_a_mistake_of_the_feature():
    made = security()
    made._world.bench = SimpleNamespace(trust=SimpleNamespace(stranger="s"))
    with pytest.raises(BenchError, match="Expected something that can be wrong, got 'a bad mood'"):
        made._wrong(0, "a bad mood")
