"""What stays from run to run: the last runs, and every rule's last verdict over this consumer."""

from testbed.reporting import runs
from testbed.reporting.record import ScenarioResult
from testbed.reporting.summary import RunFacts, summarize


def _result(rule="R", status="passed", **more) -> ScenarioResult:
    return ScenarioResult(feature="F", file="features/f.feature", rule=rule, scenario="S",
                          status=status, **more)  # fmt: skip


def _keep(folder, *results, at=1.0, consumer="theirs"):
    results = list(results)
    return runs.keep(folder, summarize(results, RunFacts(consumer=consumer)), results, at)


def _statuses(verdicts) -> dict[str, tuple[str, float]]:
    return {one.rule: (one.status, one.at) for one in verdicts.rules}


def test_each_run_adds_a_line_and_the_oldest_go(tmp_path):
    for at in range(runs.KEPT + 3):
        kept, _ = _keep(tmp_path, _result(), at=float(at))
    assert len(kept) == runs.KEPT and kept[-1].at == runs.KEPT + 2 and kept[0].at == 3
    assert kept[-1].status == "PASSED" and kept[-1].scenarios["total"] == 1


def test_a_rule_that_did_not_run_keeps_its_last_verdict(tmp_path):
    _keep(tmp_path, _result("A"), _result("B", "failed", reason="lost\nmore"), at=1.0)
    _, verdicts = _keep(tmp_path, _result("A", "error"), at=2.0)
    assert _statuses(verdicts) == {"A": ("error", 2.0), "B": ("failed", 1.0)}
    assert next(one.why for one in verdicts.rules if one.rule == "B") == "lost"


def test_the_worst_scenario_is_the_rule_s_verdict_and_a_skip_undoes_none(tmp_path):
    _, verdicts = _keep(tmp_path, _result(), _result(status="skipped"), at=1.0)
    assert _statuses(verdicts) == {"R": ("passed", 1.0)}
    (one,) = verdicts.rules
    assert (one.passed, one.asked) == (1, 1)
    _, verdicts = _keep(tmp_path, _result(status="skipped"), at=2.0)
    assert _statuses(verdicts) == {"R": ("passed", 1.0)}
    _, verdicts = _keep(tmp_path, _result(), _result(status="failed"), at=3.0)
    assert _statuses(verdicts) == {"R": ("failed", 3.0)}


def test_verdicts_over_another_consumer_are_forgotten(tmp_path):
    _keep(tmp_path, _result("A"), consumer="theirs")
    _, verdicts = _keep(tmp_path, _result("B"), consumer="ours")
    assert set(_statuses(verdicts)) == {"B"}


def test_damaged_files_begin_anew(tmp_path):
    (tmp_path / runs.RUNS).write_text("{broken")
    (tmp_path / runs.VERDICTS).write_text("[]")
    kept, verdicts = _keep(tmp_path, _result())
    assert len(kept) == 1 and len(verdicts.rules) == 1
