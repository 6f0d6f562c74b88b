"""The proof itself can fail: a consumer without a sin is missed."""

import sys

import pytest

from testbed.proof.consumers import Saboteur
from testbed.proof.judging import Result
from testbed.proof.running import PARTS, ROOT, features_of

HONEST = Saboteur(
    name="no-sin",
    group="delivery",
    sin="None.",
    caught_by=("no-loss",),
    where=("end_to_end_flow: Fifty customers are scored",),
    command=(
        *(sys.executable, "-m", "consumer", "--delivery", "at-least-once"),
        *("--metrics-port", "0"),
    ),
)


@pytest.mark.timeout(120)
def test_an_honest_consumer_among_the_saboteurs_turns_the_proof_red(proving):
    """Nothing is broken, and so this one is missed."""
    row = proving.saboteur(HONEST)
    assert row.result is Result.MISSED, row.why
    assert row.scenarios == 1


def test_the_parts_of_all_features_have_each_file_once():
    """An honest consumer meets every feature."""
    files = [one for part in range(1, PARTS + 1) for one in features_of(part)]
    there = [f"features/{one.name}" for one in (ROOT / "features").glob("*.feature")]
    assert sorted(files) == sorted(there)
    assert all(features_of(part) for part in range(1, PARTS + 1))
