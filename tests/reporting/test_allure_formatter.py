"""No scenario vanishes, and each has the status and the reason that people need."""

import pytest

EXPECTED = {
    ("Directly under the feature", ""): "passed",
    ("One order", "No order is lost"): "passed",
    ("A promise breaks", "No order is lost"): "failed",
    ("Many apples -- @1.1 fruit", "No order is lost"): "passed",
    ("Many pears -- @1.2 fruit", "No order is lost"): "passed",
    ("One order", "No order comes twice"): "passed",
    ("The bench breaks", "No order comes twice"): "broken",
    ("Nobody wrote the step", "No order comes twice"): "broken",
    ("Does not apply", "No order comes twice"): "skipped",
    ("Gives up halfway", "No order comes twice"): "skipped",
    ("The hook before breaks", "Hooks break too"): "broken",
    ("The hook after breaks", "Hooks break too"): "broken",
    ("The cleanup breaks", "Hooks break too"): "failed",
    ("Never gets its turn", ""): "broken",
    ("Nor does this", "A rule"): "broken",
    ("Not reached under the rule", "Broken rule"): "broken",
    ("Reached", "Sound rule"): "passed",
}


def _rule(result) -> str:
    return next((one["value"] for one in result["labels"] if one["name"] == "rule"), "")


def test_every_scenario_that_was_asked_for_is_there(sample_run):
    found = sorted((one["name"], _rule(one)) for one in sample_run.results())
    assert found == sorted([*EXPECTED, ("Directly under the feature", "")]), sample_run.output


@pytest.mark.parametrize(("name", "rule"), EXPECTED)
def test_the_status_tells_promise_from_bench(sample_run, name, rule):
    statuses = {one["status"] for one in sample_run.results()
                if (one["name"], _rule(one)) == (name, rule)}  # fmt: skip
    assert statuses == {EXPECTED[name, rule]}


def test_no_two_results_are_taken_for_retries_of_each_other(sample_run):
    ids = [one["historyId"] for one in sample_run.results()]
    assert len(set(ids)) == len(ids) == len(EXPECTED) + 1


def test_feature_and_rule_make_the_hierarchy(sample_run):
    result = sample_run.result("A promise breaks")
    labels = {(one["name"], one["value"]) for one in result["labels"]}
    assert {("feature", "Orders arrive"), ("story", "No order is lost")} <= labels
    assert {("parentSuite", "Orders arrive"), ("suite", "No order is lost")} <= labels
    assert {("tag", "integration"), ("severity", "critical")} <= labels, "a rule's tags count too"
    assert result["titlePath"] == ["Orders arrive", "No order is lost"]


def test_backgrounds_of_feature_and_rule_are_steps(sample_run):
    steps = [one["name"] for one in sample_run.result("One order", "No order is lost")["steps"]]
    assert steps == ["Given a bench", "Given a bench for the rule", "Then it works"]


def test_an_attachment_of_a_step_under_a_rule_stays(sample_run):
    steps = sample_run.result("One order", "No order comes twice")["steps"]
    (attachment,) = steps[-1]["attachments"]
    assert (sample_run.allure / attachment["source"]).read_bytes() == b"the ledger"
    assert attachment["type"] == "text/plain"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("A promise breaks", "Promise broken: no order is lost\n1 breach"),
        ("The bench breaks", "Expected a broker within 1 s. none came. Start one."),
        ("Nobody wrote the step", "No step is defined for: Then nobody wrote this"),
        ("Does not apply", "the consumer declares no metrics"),
        ("Gives up halfway", "no broker to kill"),
        ("The hook before breaks", "before hook"),
        ("The hook after breaks", "after hook"),
        ("The cleanup breaks", "Promise broken"),
        ("Nor does this", "feature hook"),
        ("Not reached under the rule", "rule hook"),
    ],
)
def test_the_reason_stands_in_the_result(sample_run, name, message):
    assert message in sample_run.result(name)["statusDetails"]["message"]


def test_a_broken_promise_comes_without_a_traceback(sample_run):
    assert "trace" not in sample_run.result("A promise breaks")["statusDetails"]
    assert "NotReached" in sample_run.result("The bench breaks")["statusDetails"]["trace"]


def test_steps_that_were_not_reached_are_shown_as_skipped(sample_run):
    steps = sample_run.result("A promise breaks")["steps"]
    assert [one["status"] for one in steps] == ["passed", "passed", "failed", "skipped"]


def test_one_scenario_by_line_gives_one_result(behave):
    text = "Feature: F\n  Rule: R\n    Scenario: a\n      Then it works\n    Scenario: b\n"
    run = behave("features/f.feature:3", f=text + "      Then it works\n")
    assert [one["name"] for one in run.results()] == ["a"]


def test_scenarios_behind_an_early_stop_are_there_as_not_run(behave):
    text = "Feature: F\n  Scenario: a\n    Then a promise breaks\n  Scenario: b\n"
    run = behave("--stop", f=text + "    Then it works\n")
    assert run.result("b")["status"] == "skipped"
    assert "Not run" in run.result("b")["statusDetails"]["message"]


def test_a_dry_run_leaves_no_results(behave):
    run = behave("--dry-run", f="Feature: F\n  Scenario: a\n    Then it works\n")
    assert run.results() == [] and run.exit_code == 0
