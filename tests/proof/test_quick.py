"""The quick subset: one saboteur for each promise, run by continuous integration."""

from pathlib import Path

import pytest

from testbed.checker import PROMISES
from testbed.proof import cli

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def quick() -> list:
    """Whom ``--quick`` chooses."""
    saboteurs, honest = cli.chosen(cli._arguments(["--quick"]))
    assert honest == []
    return saboteurs


@pytest.mark.parametrize("slug", [promise.slug for promise in PROMISES])
def test_it_has_one_saboteur_for_the_promise(quick, slug):
    """Named by that promise alone, so that each promise is seen broken in every run."""
    assert [one.name for one in quick if one.caught_by == (slug,)]


def test_it_has_no_more_than_one_for_each_promise(quick):
    """A second one would cost time and show nothing new."""
    assert len(quick) == len(PROMISES)


def test_continuous_integration_runs_it_before_the_tests_and_counts_it():
    """So that pytest's closing line stands last."""
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    proof = lines.index("bash scripts/proof.sh --quick")
    assert lines[proof + 1] == "proof=$?"
    assert lines.index("bash scripts/test.sh") > proof
    assert '[ "$proof" -ne 0 ] && exit "$proof"' in lines
