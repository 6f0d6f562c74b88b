"""A fast wrong answer is an error: what the throughput bench counts."""

import json

import numpy as np
import pytest

from bench.candidate import candidates
from bench.counting import Account, Seen, account
from bench.load import events, number_of
from testbed.telco.contract import classify

INVALID = np.array([False, False, True, False])
EXPECTED = {0: 0.25, 1: 0.5}


def seen(times: list[int], **scores: float) -> Seen:
    sample = {int(n[1:]): json.dumps({"churn_probability": s}) for n, s in scores.items()}
    return Seen(np.array(times), 0, 0, sample)


@pytest.mark.parametrize(
    ("predictions", "letters", "found"),
    [
        ([1, 1, 0, 1], [0, 0, 1, 0], Account(0, 0, 0, 0)),
        ([1, 0, 0, 1], [0, 0, 1, 0], Account(1, 0, 0, 0)),
        ([1, 3, 0, 1], [0, 0, 1, 0], Account(0, 2, 0, 0)),
        ([1, 1, 1, 1], [0, 0, 0, 0], Account(0, 0, 1, 0)),
        ([1, 0, 0, 1], [0, 1, 1, 0], Account(0, 0, 1, 0)),
        ([1, 1, 0, 1], [1, 0, 1, 0], Account(0, 1, 1, 0)),
    ],
    ids=["right", "lost", "doubled", "scored though invalid", "refused though valid", "both"],
)
def test_each_record_must_have_its_one_outcome(predictions, letters, found):
    """Lost, doubled and misplaced records are told apart."""
    assert account(seen(predictions, n0=0.25), seen(letters), INVALID, EXPECTED) == found


def test_a_wrong_score_is_told():
    """A prediction that is not the model's is not a right one."""
    told = account(seen([1, 1, 0, 1], n0=0.25, n1=0.6), seen([0, 0, 1, 0]), INVALID, EXPECTED)
    assert told == Account(0, 0, 0, 1)
    assert not told.right


def test_a_copy_must_take_all_over():
    """What copies has every record, invalid or not, on its output."""
    assert account(seen([1, 1, 1, 1]), seen([0, 0, 0, 0]), INVALID, None).right
    assert account(seen([1, 1, 0, 1]), seen([0, 0, 1, 0]), INVALID, None).misplaced == 1


def test_the_load_is_what_it_says():
    """Events are unique, about 580 bytes, numbered by their keys, and so many are invalid."""
    made = list(events(2000, 0.5))
    assert [number_of(one.key) for one in made] == list(range(2000))
    assert all((classify(one.value) == ("scored",)) == (one.event is not None) for one in made)
    assert 900 < sum(one.event is None for one in made) < 1100
    assert 550 < np.mean([len(one.value) for one in made if one.event]) < 610


def test_every_candidate_has_its_file():
    """Names in the list are names of files."""
    from bench.candidate import FOLDER

    assert {f"{one.name}.py" for one in candidates([])} == {p.name for p in FOLDER.glob("*.py")}
    with pytest.raises(SystemExit, match="expected candidates among"):
        candidates(["unheard-of"])
