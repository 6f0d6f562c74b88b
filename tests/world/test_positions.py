"""Where each kind of record stands, round by round."""

from types import SimpleNamespace

import pytest

from testbed.errors import NotReached
from testbed.history import INPUT, History
from testbed.telco import catalogue
from testbed.telco.catalogue import GROUPS
from testbed.world import positions
from testbed.world.positions import COPIES, SMALL_BYTES, Positions
from testbed.world.sending import Sending


class Pipeline:
    """Answers each record at once, or nothing after so many rounds."""

    def __init__(self, answers: int = 10_000):
        self.partitions, self.history, self.rounds = {INPUT: 3}, History(), []
        self.reader, self._answers = SimpleNamespace(count=0), answers
        self.prepared = []

    def prepare(self, drafts):
        self.prepared.append(len(drafts))

    def publish(self, drafts):
        self.rounds.append([(one.partition, one.note) for one in drafts])
        if len(self.rounds) <= self._answers:
            self.reader.count += len(drafts)

    def await_outcomes(self, phase):
        return SimpleNamespace(reason="stalled")


def swept(group: str, pipeline: Pipeline) -> list[list[tuple[int, str]]]:
    """The rounds: partition and title of each record."""
    world = SimpleNamespace(pipeline=pipeline, seed=1, options=SimpleNamespace(seed=1))
    world.sending = Sending(world)
    Positions(world).sweep(group)
    return pipeline.rounds


def shapes(rounds) -> dict[str, set[str]]:
    """For each title the forms in which it stood on a partition: k itself, o another."""
    found: dict[str, set[str]] = {}
    for one in rounds:
        for partition in range(3):
            titles = [title for place, title in one if place == partition]
            for title in set(titles):
                form = "".join("k" if other == title else "o" for other in titles)
                found.setdefault(title, set()).add(form)
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_each_kind_is_first_last_side_by_side_and_alone(group):
    *rounds, _ = swept(group, Pipeline())
    small = [one for one in catalogue.kinds(group)
             if len(one.make(0, 1).value or b"") <= SMALL_BYTES]  # fmt: skip
    told = shapes(rounds)
    assert len(small) >= 20
    for kind in small:
        assert {"k", "kokk"} <= told[kind.title], kind.slug


@pytest.mark.parametrize("group", GROUPS)
def test_all_of_them_are_one_batch_in_the_end(group):
    last = swept(group, Pipeline())[-1]
    assert [title for _, title in last] == [kind.title for kind in catalogue.kinds(group)]
    assert {partition for partition, _ in last} == {0, 1, 2}


def test_no_two_records_of_a_sweep_are_the_same_event():
    world = SimpleNamespace(seed=1)
    records = Positions(world)._records("odd but valid")
    names = [one.identity for copies in records for one in copies]
    assert len(set(names)) == len(names)
    counts = {len(copies) for copies in records}
    assert counts == {1, COPIES}  # a large kind, which no round takes, is made once


def test_scores_are_asked_for_all_at_once():
    """The oracle takes as long for a few as for hundreds."""
    pipeline = Pipeline()
    swept("JSON but not an event", pipeline)
    assert pipeline.prepared[0] > 5 * len(pipeline.rounds)


def test_who_answers_nothing_more_is_not_waited_for_again_and_again(monkeypatch):
    monkeypatch.setattr(positions, "PROMPT_S", 0.01)
    assert len(swept("JSON but not an event", Pipeline(answers=3))) == 3 + 1 + 1


def test_a_slow_service_gets_the_rest_in_one_batch(monkeypatch):
    monkeypatch.setattr(positions, "ROUNDS_S", 0.0)
    rounds = swept("JSON but not an event", Pipeline())
    assert len(rounds) == 2
    assert len(rounds[-1]) == len(catalogue.kinds("JSON but not an event"))


def test_a_late_answer_is_waited_for(monkeypatch):
    """The closer look says that all is well after all."""

    def late(condition, **_):
        raise NotReached("Expected a round to be answered within 1 s")

    monkeypatch.setattr(positions, "until", late)
    pipeline = Pipeline()
    pipeline.await_outcomes = lambda phase: SimpleNamespace(reason="drained")
    assert len(swept("JSON but not an event", pipeline)) > 10
