"""A steady load: the schedule stands in the history, and waits for nobody."""

from types import SimpleNamespace

import pytest

from testbed import pacing
from testbed.history import History, Mark


class Clock:
    """Seconds that pass with each look at them."""

    def __init__(self, step: float):
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Publisher:
    """Notes when each lot was sent; the first one holds everything up, if it is to."""

    def __init__(self, clock: Clock, stall_s: float):
        self.clock, self.stall_s, self.count = clock, stall_s, 7
        self.sent: list[tuple[float, list]] = []
        self.awaited = False

    def send(self, _producer, drafts, expected, phase, *, keep_values):
        assert phase == "paced" and not keep_values and len(drafts) == len(expected)
        self.sent.append((self.clock.now, drafts))
        if len(self.sent) == 1:
            self.clock.now += self.stall_s

    def await_answers(self, _producer, _within_s):
        self.awaited = True


def published(rate_per_s: float, count: int, stall_s=0.0):
    clock = Clock(0.0005)
    publisher = Publisher(clock, stall_s)
    history = History(clock=clock)
    pipeline = SimpleNamespace(
        history=history, publisher=publisher, prepare=lambda drafts: (drafts, drafts),
        mark=lambda name, **figures: history.append(Mark(name=name, figures=figures)),
        limits=SimpleNamespace(publish_s=1.0),
    )  # fmt: skip
    producer = SimpleNamespace(poll=lambda _timeout: 0)
    pacing.publish_paced(pipeline, producer, list(range(count)), rate_per_s)
    (mark,) = history.of(Mark)
    assert publisher.awaited
    return mark.figures, publisher.sent


@pytest.mark.parametrize(("rate_per_s", "lot"), [(500, 5), (50, 1), (2000, 20)])
def test_lots_are_small_and_keep_the_rate(rate_per_s, lot):
    """No lot is sent before it is due."""
    plan, sent = published(rate_per_s, 42)
    assert (plan["lot"], plan["first"], plan["count"]) == (lot, 7, 42)
    assert plan["lot"] / plan["every_s"] == pytest.approx(rate_per_s)
    assert [event for _, events in sent for event in events] == list(range(42))
    for number, (at, _) in enumerate(sent):
        assert at >= plan["begin"] + number * plan["every_s"]


def test_a_stall_moves_nothing_that_is_due():
    """What was held up is sent at once then, and the rest when it is due."""
    plan, sent = published(100, 40, stall_s=0.2)
    late = [at - plan["begin"] - number * plan["every_s"] for number, (at, _) in enumerate(sent)]
    assert late[1] == pytest.approx(0.19, abs=0.01)
    assert late[-1] < 0.02
