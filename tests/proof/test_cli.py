"""The command: who takes part, and with which exit code it ends."""

import json

import pytest

from testbed.errors import UsageError
from testbed.proof import cli, consumers
from testbed.proof.judging import Result, Row


class NoBroker:
    """Stands where the command starts one."""

    def __init__(self, reports):
        self.path, self.token = reports / "handover.json", "none"

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass


def row(result: Result) -> Row:
    return Row(name=result.name, group="g", what="w", result=result, delivery="d")


@pytest.fixture
def ends(monkeypatch, tmp_path):
    """The command's exit code for these results, and where it wrote."""
    monkeypatch.setattr(cli, "_Broker", NoBroker)

    def run(*results: Result) -> int:
        monkeypatch.setattr(cli, "in_parallel", lambda _work, _jobs: list(map(row, results)))
        return cli.main(["--reports", str(tmp_path), "--saboteurs-only"])

    return run


def test_it_ends_with_0_where_all_are_caught(ends):
    """By whichever promise."""
    assert ends(Result.CAUGHT, Result.BY_ANOTHER) == 0


@pytest.mark.parametrize(
    "bad", [Result.MISSED, Result.UNRELATED, Result.FALSE_ALARM, Result.NO_VERDICT]
)
def test_it_ends_with_1_where_one_is_missed_or_blamed(ends, bad, tmp_path, capsys):
    """And says so, to people and as JSON."""
    assert ends(Result.CAUGHT, bad) == 1
    assert json.loads((tmp_path / "proof.json").read_text())["green"] is False
    assert f"1 {bad.value}" in capsys.readouterr().out


def test_a_name_that_nobody_has_is_refused():
    """Before anything is started."""
    with pytest.raises(UsageError, match="got 'nobody'"):
        cli.main(["nobody"])


def test_the_last_of_the_work_begins_first_and_its_row_stands_last():
    """Honest consumers stand behind the saboteurs, and one of them takes longest."""
    begun, results = [], [Result.CAUGHT, Result.BY_ANOTHER, Result.PASSED]

    def work(result: Result):
        return lambda: begun.append(result) or row(result)

    rows = cli.in_parallel([work(one) for one in results], 1)
    assert begun == results[::-1]
    assert [one.result for one in rows] == results


def test_by_name_alone_the_reference_and_what_is_in_work_take_part():
    """The one is proven by every run of the suite, the others by a feature that is not ready."""
    saboteurs, honest = cli.chosen(cli._arguments([]))
    assert saboteurs and not any(one.in_work for one in saboteurs)
    assert honest and not any(one.is_reference for one in honest)
    waiting = [one.name for one in consumers.saboteurs() if one.in_work]
    named = cli.chosen(cli._arguments(["reference-at-least-once", *waiting]))
    assert [[one.name for one in part] for part in named] == [waiting, ["reference-at-least-once"]]
