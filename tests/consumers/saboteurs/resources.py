"""Sins of resources: full queues, small buffers, limits of one's own, and garbage."""

import os

from consumer.loop import Loop
from consumer.messages import Outgoing
from tests.consumers.saboteurs.changing import answers, batches_of, instead
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import FIFTY, MIXED, NOT_JSON


@saboteur("stays-up", MIXED)
def has_enough_after_a_thousand():
    """Ends by itself, in good order, after a thousand events."""

    @instead(Loop, "__init__")
    def _(init, self, *args):
        init(self, *args)
        self._most = 1000


@saboteur("lag-returns", MIXED, source="B-45")
def stands_still_after_two_thousand():
    """Something in it is full after two thousand events; it lives, and does nothing."""
    batches_of(500)
    taken: list[int] = []

    @instead(Loop, "_turn")
    def _(turn, self):
        return self._source.tend(0.1) if sum(taken) >= 2000 else turn(self)

    def counted(_, right: Outgoing):
        taken.append(1)
        return [right]

    answers(counted)


@saboteur("no-phantom", FIFTY, also="prediction-contract")
def writes_garbage_among_its_answers():
    """Random bytes stand on the output topic beside right answers."""

    def with_garbage(record, right: Outgoing):
        garbage = right._replace(value=os.urandom(200), key=os.urandom(5))
        return [right, garbage] if record.offset() % 5 == 0 else [right]

    answers(with_garbage)


@saboteur("no-loss", NOT_JSON)
def passes_over_large_records():
    """Skips what is larger than its buffer."""
    answers(lambda record, right: [] if len(record.value() or b"") > 500_000 else [right])


@saboteur("no-loss", FIFTY)
def answers_four_in_five():
    """Loses a fifth of all events, as a suite that accepts 80 % would let pass."""
    answers(lambda record, right: [] if record.offset() % 5 == 4 else [right])
