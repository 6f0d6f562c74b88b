"""What scenarios leave for the summary: complete, in reading order, robust against a crash."""

import pytest

from testbed.reporting.record import (
    PromiseResult,
    ScenarioResult,
    append,
    feature_rank,
    read_all,
    start_run,
)


def _result(file="features/topic_management.feature", line=3, **more):
    fields = {"feature": "F", "scenario": "S", "status": "passed"} | more
    return ScenarioResult(file=file, line=line, **fields)


def test_what_is_appended_is_read_back_whole(tmp_path):
    result = _result(
        rule="R",
        tags=["slow"],
        duration_s=1.5,
        reason="first\nsecond",
        promises=[PromiseResult(promise="no-loss", title="t", verdict="HELD", examined=50)],
        figures={"messages_sent": 50},
    )
    append(tmp_path, result)
    assert read_all(tmp_path) == [result]


def test_features_come_in_the_guide_s_order_and_scenarios_by_line(tmp_path):
    places = [("features/security.feature", 3), ("features/unknown.feature", 1),
              ("features/topic_management.feature", 9), ("features/topic_management.feature", 3),
              ("features/broker_connectivity.feature", 5)]  # fmt: skip
    for file, line in places:
        append(tmp_path, _result(file, line))
    read = [(one.file.split("/")[1].split(".")[0], one.line) for one in read_all(tmp_path)]
    assert read == [("broker_connectivity", 5), ("topic_management", 3), ("topic_management", 9),
                    ("security", 3), ("unknown", 1)]  # fmt: skip


def test_a_line_that_a_killed_worker_left_half_written_is_passed_over(tmp_path):
    append(tmp_path, _result())
    (file,) = (tmp_path / "results").glob("*.jsonl")
    file.write_bytes(file.read_bytes() + b'{"feature":"F","scen')
    assert len(read_all(tmp_path)) == 1


def test_any_other_bad_line_is_an_error_that_names_it(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "7.jsonl").write_bytes(b'{"feature":1}\n')
    with pytest.raises(ValueError, match=r"at line 1 of .*7\.jsonl"):
        read_all(tmp_path)


def test_a_new_run_forgets_the_results_of_the_one_before_and_nothing_else(tmp_path):
    append(tmp_path, _result())
    for name in ("allure-results/a-result.json", "history/x.jsonl", "kafka.log", ".gitkeep"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    start_run(tmp_path)
    left = sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file())
    assert left == [".gitkeep", "kafka.log"] and read_all(tmp_path) == []


def test_the_headline_is_the_first_line_of_the_reason():
    assert _result(reason="\nfirst\nsecond").headline == "first"
    assert _result().headline == ""


def test_a_windows_path_ranks_like_any_other():
    assert feature_rank("features\\topic_management.feature")[0] == 1
