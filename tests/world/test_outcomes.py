"""How many predictions and dead letters are right, and what is said of another number."""

from types import SimpleNamespace

import pytest

from testbed.history import DEAD_LETTERS, PREDICTIONS, History, Outcome, Sent
from testbed.pipeline import BEHIND
from testbed.world.outcomes import Outcomes

INVALID, NO_JSON, VALID = ("validation_error",), ("deserialization_error",), ("scored",)


def outcomes(*, predictions: int, letters: int, validates: bool = True) -> Outcomes:
    """Of two valid events, three that break the agreement, and one that is no JSON."""
    sent = [
        Sent(n=n, outcome="acknowledged", admits=admits)
        for n, admits in enumerate([VALID] * 2 + [INVALID] * 3 + [NO_JSON])
    ]
    roles = [PREDICTIONS] * predictions + [DEAD_LETTERS] * letters
    seen = [Outcome(role=role, partition=0, offset=n) for n, role in enumerate(roles)]
    return Outcomes(
        SimpleNamespace(
            options=SimpleNamespace(validates=validates),
            history=History([*sent, *seen]),
            judgement=lambda: None,
            stories=list,
        )
    )


def test_the_right_numbers_are_taken():
    made = outcomes(predictions=2, letters=4)
    made.expect_predictions(2)
    made.expect_dead_letters(4)


def test_one_too_many_or_too_few_is_told():
    made = outcomes(predictions=3, letters=3)
    with pytest.raises(AssertionError, match="Expected 2 predictions, got 3"):
        made.expect_predictions(2)
    with pytest.raises(AssertionError, match="Expected 4 dead letters, got 3"):
        made.expect_dead_letters(4)


@pytest.mark.parametrize("scored", range(4))
def test_a_consumer_that_does_not_validate_may_score_what_breaks_the_agreement(scored):
    """Any of the three; what is no JSON is never scored."""
    made = outcomes(predictions=2 + scored, letters=4 - scored, validates=False)
    made.expect_predictions(2)
    made.expect_dead_letters(4)


def test_even_then_no_more_than_those():
    made = outcomes(predictions=6, letters=0, validates=False)
    with pytest.raises(AssertionError, match="Expected 2 to 5 predictions, got 6"):
        made.expect_predictions(2)
    with pytest.raises(AssertionError, match="Expected 1 to 4 dead letters, got 0"):
        made.expect_dead_letters(4)


def test_what_came_behind_a_fault_is_not_counted():
    """The bench's own events, each with its answer."""
    made = outcomes(predictions=2, letters=4)
    history = made._world.history
    history.append(Sent(n=6, outcome="acknowledged", admits=VALID, identity="S|1", phase=BEHIND))
    history.append(Outcome(role=PREDICTIONS, partition=0, offset=9, identity="S|1"))
    made.expect_predictions(2)
    made.expect_dead_letters(4)
