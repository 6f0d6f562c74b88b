"""The proof itself can fail: a consumer without a sin is missed."""

import sys

import pytest

from testbed.proof.consumers import Saboteur
from testbed.proof.judging import Result

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
