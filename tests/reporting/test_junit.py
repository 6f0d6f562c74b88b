"""One JUnit file with totals that add up, errors apart from failures, rules and reasons."""

from xml.etree import ElementTree

import pytest

from testbed.reporting.junit import merge
from testbed.reporting.record import ScenarioResult

FILE = "features/orders.feature"


def _result(scenario, status="passed", rule="", line=1, **more) -> ScenarioResult:
    fields = {"feature": "Orders arrive", "file": FILE} | more
    return ScenarioResult(scenario=scenario, status=status, rule=rule, line=line, **fields)


RESULTS = [
    _result("Directly under the feature", line=7),
    _result("One order", rule="No order is lost", line=18, duration_s=1.25),
    _result("A promise breaks", "failed", "No order is lost", 21,
            reason="Promise broken: no order is lost\n1 breach"),
    _result("The bench breaks", "error", "No order comes twice", 37, reason="No broker"),
    _result("Does not apply", "skipped", "No order comes twice", 45, reason="no metrics"),
    _result("S", file="features/other.feature", feature="Other"),
]  # fmt: skip


@pytest.fixture
def merged(sample_run, tmp_path):
    return ElementTree.parse(merge(sample_run.folder, tmp_path / "a" / "t.xml", RESULTS)).getroot()


def _case(root, name):
    return next(one for one in root.iter("testcase") if one.get("name") == name)


def test_totals_add_up(merged):
    totals = {key: merged.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert totals == {"tests": "6", "failures": "1", "errors": "1", "skipped": "1"}
    suites = [(one.get("name"), one.get("tests")) for one in merged.iter("testsuite")]
    assert suites == [("Orders arrive", "5"), ("Other", "1")]
    assert float(merged.get("time")) == pytest.approx(1.25)


def test_a_case_is_named_by_its_rule_and_scenario(merged):
    case = _case(merged, "No order is lost › One order")
    assert (case.get("classname"), case.get("file")) == ("features.orders", FILE)


def test_a_broken_promise_is_a_failure_and_bench_trouble_an_error(merged):
    (failure,) = _case(merged, "No order is lost › A promise breaks").iter("failure")
    assert failure.get("message") == "Promise broken: no order is lost"
    assert failure.text == "Promise broken: no order is lost\n1 breach"
    (error,) = _case(merged, "No order comes twice › The bench breaks").iter("error")
    assert error.get("message") == "No broker"


def test_a_skipped_case_says_why(merged):
    (skipped,) = _case(merged, "No order comes twice › Does not apply").iter("skipped")
    assert skipped.get("message") == "no metrics"


def test_the_steps_that_behave_told_are_kept_each_with_its_own_scenario(merged):
    (out,) = _case(merged, "No order is lost › One order").iter("system-out")
    assert "Given a bench for the rule ... passed" in out.text


def test_a_scenario_whose_feature_was_broken_off_is_there_all_the_same(tmp_path):
    (tmp_path / "TESTS-half.xml").write_text("<testsuite><testc")
    root = ElementTree.parse(merge(tmp_path, tmp_path / "t.xml", RESULTS[:1])).getroot()
    assert root.get("tests") == "1"


def test_what_no_xml_may_hold_is_escaped(tmp_path):
    bad = _result("S\x1b", "failed", reason="a\x00b\ufffe\ud800\nsecond")
    root = ElementTree.parse(merge(tmp_path, tmp_path / "t.xml", [bad])).getroot()
    (failure,) = root.iter("failure")
    assert failure.text == "a\\x00b\\ufffe\\ud800\nsecond"
