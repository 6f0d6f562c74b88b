"""The ledger in figures: each count moves with what it counts, and with nothing else."""

import pytest

from testbed.checker import judge
from testbed.history import PREDICTIONS, Began, History, Outcome, Process, Sent, Settled


def _sent(n: int, identity: str) -> Sent:
    return Sent(at=1.0, n=n, outcome="acknowledged", partition=0, offset=n, identity=identity,
                entity=identity, admits=("scored",))  # fmt: skip


def _scored(at: float, offset: int, identity: str) -> Outcome:
    return Outcome(at=at, role=PREDICTIONS, partition=0, offset=offset, identity=identity)


RUN = [
    Began(at=0.1, scenario="S"),
    Process(at=0.2, instance=0, incarnation=1, what="started"),
    *(_sent(n, name) for n, name in enumerate("abc")),
    *(_scored(2.0, offset, name) for offset, name in enumerate("abc")),
    Settled(at=3.0, reason="drained", waited_s=1.0),
]


def _counts(*more, without=()) -> dict[str, int]:
    told = judge(History([event for event in RUN if event not in without] + list(more))).tally
    return {name: getattr(told, name) for name in told.__struct_fields__}


CLEAN = {"owed": 3, "missing": 0, "repeated": 0, "strangers": 0, "late": 0}


def test_three_events_and_three_answers():
    assert _counts() == CLEAN


def test_a_missing_answer_is_counted():
    assert _counts(without=[_scored(2.0, 1, "b")]) == CLEAN | {"missing": 1}


@pytest.mark.parametrize("times", [1, 3])
def test_repeated_answers_are_counted_excused_or_not(times):
    more = [_scored(2.5, 3 + n, "b") for n in range(times)]
    assert _counts(*more) == CLEAN | {"repeated": times}


def test_an_answer_for_nobody_is_counted():
    assert _counts(_scored(2.5, 3, "z")) == CLEAN | {"strangers": 1}


def test_answers_after_the_suite_gave_up_are_late():
    gave_up = Settled(at=1.5, reason="stalled", waited_s=1.0)
    assert _counts(gave_up) == CLEAN | {"late": 3}


def test_a_ledger_that_cannot_be_made_has_no_figures(monkeypatch):
    from testbed.checker import judging

    monkeypatch.setattr(judging, "tally", lambda case: 1 / 0)
    assert judge(History(RUN)).tally is None
