"""One saboteur for each promise, through a real broker: each promise is seen broken."""

import json
import os
import sys

import pytest

from testbed.checker import PROMISES
from testbed.proof import cli, consumers
from testbed.proof.consumers import Saboteur
from testbed.proof.judging import Result

pytestmark = [
    pytest.mark.timeout(900),  # the whole subset runs in the first test that asks for it
    pytest.mark.skipif(
        "CHURN_TESTBED_PROOF" not in os.environ,
        reason="takes minutes: set CHURN_TESTBED_PROOF, or run `python -m testbed proof --quick`",
    ),
]
QUICK = [one for one in consumers.saboteurs() if one.quick]
HONEST = Saboteur(
    name="no-sin",
    group="delivery",
    sin="None.",
    caught_by=("no-loss",),
    where=("end_to_end_flow: Fifty customers are scored",),
    command=(
        sys.executable,
        "-m",
        "consumer",
        "--delivery",
        "at-least-once",
        "--metrics-port",
        "0",
    ),
)


@pytest.mark.parametrize("name", [one.name for one in QUICK])
def test_it_is_caught_by_the_promise_that_it_names(name, rows):
    """And by none that its sin cannot break."""
    row = rows[name]
    assert row.result is Result.CAUGHT, f"{row.why}\n{row.broken}"


@pytest.mark.parametrize("slug", [promise.slug for promise in PROMISES])
def test_the_promise_is_seen_broken(slug, rows):
    """Through a broker, by a consumer, and not in a hand-made history."""
    assert [row.name for row in rows.values() if slug in row.broken]


def test_an_honest_consumer_among_the_saboteurs_turns_the_proof_red(proving):
    """The proof itself can fail: nothing is broken, and so this one is missed."""
    row = proving.saboteur(HONEST)
    assert row.result is Result.MISSED
    assert row.scenarios == 1


def test_the_command_ends_with_1_when_one_is_missed(tmp_path, monkeypatch, capsys, rows):
    """And with 0 when none is."""
    one = next(iter(rows.values()))
    monkeypatch.setattr(cli, "in_parallel", lambda _work, _jobs: [one])
    monkeypatch.setattr(cli, "_Broker", NoBroker)
    words = ["--reports", str(tmp_path), "--saboteurs-only"]
    assert cli.main(words) == 0
    missed = type(one)(name="m", group="g", what="w", result=Result.MISSED, delivery="d")
    monkeypatch.setattr(cli, "in_parallel", lambda _work, _jobs: [one, missed])
    assert cli.main(words) == 1
    assert json.loads((tmp_path / "proof.json").read_text())["green"] is False
    assert "1 missed" in capsys.readouterr().out


class NoBroker:
    """Stands where the command starts one."""

    def __init__(self, reports):
        self.path, self.token = reports / "handover.json", "none"

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass
