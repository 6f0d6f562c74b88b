"""Which letters are read, and which of them are taken."""

import pytest

from testbed.errors import UsageError
from testbed.replay.choice import Choice

ENDS = {0: 10, 1: 4}


@pytest.mark.parametrize(
    ("choice", "ends", "spans"),
    [
        (Choice(), ENDS, {0: (0, 10), 1: (0, 4)}),
        (Choice(partition=1), ENDS, {1: (0, 4)}),
        (Choice(partition=0, first=3, last=5), ENDS, {0: (3, 6)}),
        (Choice(first=3), {0: 10}, {0: (3, 10)}),
        (Choice(last=99), {0: 10}, {0: (0, 10)}),
    ],
)
def test_offsets_and_partition_say_what_is_read(choice, ends, spans):
    """Both ends included, and never past the end of the topic."""
    assert choice.spans(ends) == spans


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        (Choice(first=3), "Offsets name no single place on a topic of 2 partitions"),
        (Choice(last=3), "Offsets name no single place"),
        (Choice(partition=2), "Expected --partition below 2, got 2"),
    ],
)
def test_a_place_that_is_none_is_refused(choice, why):
    """With what to add."""
    with pytest.raises(UsageError, match=why):
        choice.spans(ENDS)


def test_the_error_type_chooses(letter):
    """Several may be asked for; none means all, readable or not."""
    kinds = Choice(error_types=frozenset({"validation_error", "inference_error"}))
    assert kinds.takes(letter())
    assert not kinds.takes(letter(error_type="deserialization_error"))
    assert not kinds.takes(letter(without=["error_type"]))
    assert Choice().takes(letter(without=["error_type"]))
