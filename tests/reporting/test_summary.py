"""The run in figures: the guide's fields first, then what held, broke and was left out."""

import json

import pytest

from testbed.reporting.record import PromiseResult, ScenarioResult
from testbed.reporting.summary import RunFacts, as_text, summarize, write

RUN = RunFacts(
    broker="Apache Kafka 4.4.0 (embedded)", delivery="exactly-once", seed=7, duration_s=12.34
)


def _promise(slug, verdict, *, applies=True, examined=50) -> PromiseResult:
    return PromiseResult(
        promise=slug, title=f"title of {slug}", verdict=verdict, applies=applies, examined=examined
    )


def _result(status="passed", file="end_to_end_flow", line=1, **more) -> ScenarioResult:
    fields = {"feature": f"Feature {file}", "scenario": "S"} | more
    return ScenarioResult(status=status, file=f"features/{file}.feature", line=line, **fields)


FIGURES = {
    "messages_sent": 50,
    "predictions_received": 49,
    "success_rate": 98.0,
    "customer_id_overlap": 49,
    "dead_letters_received": 0,
}


def test_the_guide_s_fields_are_those_of_its_primary_scenario():
    results = [_result(file="producer_publishing", figures={"messages_sent": 7}),
               _result("failed", figures=FIGURES),
               _result(line=9, figures={"messages_sent": 3})]  # fmt: skip
    summary = summarize(results, RUN)
    assert (summary.messages_sent, summary.predictions_received) == (50, 49)
    assert (summary.success_rate, summary.customer_id_overlap) == (98.0, 49)
    assert summary.status == "FAILED"


@pytest.mark.parametrize(
    ("statuses", "more", "expected"),
    [
        (["passed", "skipped"], {}, "PASSED"),
        (["passed", "failed", "error"], {}, "FAILED"),
        (["passed", "error"], {}, "ERROR"),
        (["skipped"], {}, "ERROR"),
        ([], {}, "ERROR"),
        (["passed"], {"bench_error": "the broker died"}, "ERROR"),
        (["passed"], {"interrupted": True}, "INTERRUPTED"),
        (["failed"], {"interrupted": True}, "FAILED"),
    ],
)
def test_the_status_tells_promise_from_bench_and_nothing_is_never_passed(statuses, more, expected):
    run = RunFacts(**more)
    assert summarize([_result(status) for status in statuses], run).status == expected


def test_a_promise_is_broken_if_it_broke_anywhere_and_held_if_it_held_somewhere():
    results = [
        _result(promises=[_promise("a", "HELD"), _promise("b", "UNKNOWN", examined=0),
                          _promise("c", "HELD"), _promise("d", "UNKNOWN", applies=False)]),
        _result(line=2, promises=[_promise("a", "BROKEN"), _promise("b", "UNKNOWN", examined=0),
                                  _promise("c", "UNKNOWN", examined=0)]),
    ]  # fmt: skip
    lines = {one.promise: one for one in summarize(results, RUN).promises}
    assert {slug: one.verdict for slug, one in lines.items()} == {
        "a": "BROKEN", "b": "UNKNOWN", "c": "HELD", "d": "NOT ASKED"}  # fmt: skip
    assert (lines["a"].held, lines["a"].broken, lines["a"].examined) == (1, 1, 100)
    assert [one.promise for one in summarize(results, RUN).promises] == ["a", "b", "c", "d"]


def test_features_count_their_scenarios():
    results = [_result(duration_s=1.0), _result("skipped", line=2), _result("failed", line=3)]
    (line,) = summarize(results, RUN).features
    assert (line.status, line.passed, line.failed, line.skipped) == ("failed", 1, 1, 1)
    assert line.duration_s == 1.0


def test_what_did_not_pass_says_why_and_how_to_repeat_it():
    results = [_result("failed", line=12, reason="Promise broken: x\nsecond", rule="R"),
               _result("skipped", line=20, reason="no metrics")]  # fmt: skip
    failed, skipped = summarize(results, RUN).not_passed
    assert failed.replay == "behave features/end_to_end_flow.feature:12 -D seed=7"
    assert (skipped.reason, skipped.replay) == ("no metrics", "")


def test_both_files_are_written_and_the_json_starts_with_the_guide_s_fields(tmp_path):
    write(tmp_path, [_result(figures=FIGURES)], RUN)
    data = json.loads((tmp_path / "summary.json").read_bytes())
    assert list(data)[:5] == ["messages_sent", "predictions_received", "success_rate",
                              "customer_id_overlap", "status"]  # fmt: skip
    assert data["run"]["seed"] == 7
    assert (tmp_path / "summary.txt").read_text().startswith("status                PASSED\n")


def test_the_text_names_the_broken_promise_the_skip_and_the_broker():
    results = [_result("failed", line=12, reason="Promise broken: x", scenario="Scored\x1b[2J",
                       promises=[_promise("no-loss", "BROKEN")]),
               _result("skipped", line=20, reason="no metrics")]  # fmt: skip
    text = as_text(summarize(results, RUN))
    assert "BROKEN    title of no-loss: 1 broken; 50 examined" in text
    assert "SKIPPED  features/end_to_end_flow.feature:20  S\n    no metrics" in text
    assert "broker                Apache Kafka 4.4.0 (embedded)" in text
    assert "\x1b" not in text


def test_a_stand_in_is_called_one():
    assert "stand-in image" in as_text(summarize([], RunFacts(broker="B", stand_in=True)))
