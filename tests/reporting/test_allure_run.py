"""What Allure is told about the run as a whole."""

import json

import pytest

from testbed.reporting import allure_run
from testbed.reporting.record import PromiseResult, ScenarioResult
from testbed.reporting.summary import RunFacts, summarize


def _summary(*broken, **facts):
    promises = [PromiseResult(promise=one, title=one, verdict="BROKEN") for one in broken]
    result = ScenarioResult(
        feature="F", file="f.feature", scenario="S", status="failed", promises=promises
    )
    return summarize([result], RunFacts(**facts))


def _environment(folder) -> dict[str, str]:
    lines = (folder / "environment.properties").read_text(encoding="utf-8").splitlines()
    return dict(line.replace("\\ ", " ").split(" = ", 1) for line in lines)


def test_the_overview_says_which_promise_broke_for_whom_and_on_what(tmp_path):
    facts = {"broker": "Kafka", "consumer": "java -jar x.jar", "delivery": "at-least-once"}
    allure_run.write(tmp_path, _summary("no loss", "order", **facts), environ={})
    told = _environment(tmp_path)
    assert list(told)[:2] == ["Verdict", "Promises broken"]
    assert told["Promises broken"] == "no loss; order"
    assert (told["Consumer"], told["Guarantee"]) == ("java -jar x.jar", "at-least-once")


def test_many_broken_promises_are_named_and_counted(tmp_path):
    allure_run.write(tmp_path, _summary(*"abcde"), environ={})
    assert _environment(tmp_path)["Promises broken"] == "a; b; c; and 2 more"


def test_a_value_cannot_add_a_line_or_an_escape(tmp_path):
    allure_run.write(tmp_path, _summary(consumer="x\nVerdict = PASSED \\u0041"), environ={})
    told = _environment(tmp_path)
    assert told["Verdict"] == "FAILED" and told["Consumer"].startswith("x\\\\nVerdict")


def test_a_stand_in_is_called_one(tmp_path):
    allure_run.write(tmp_path, _summary(broker="Redpanda", stand_in=True), environ={})
    assert "stand-in" in _environment(tmp_path)["Broker"]


def test_categories_tell_the_consumer_from_the_bench(tmp_path):
    allure_run.write(tmp_path, _summary(), environ={})
    told = json.loads((tmp_path / "categories.json").read_bytes())
    assert [one["matchedStatuses"] for one in told] == [["failed"], ["broken"], ["skipped"]]
    assert not (tmp_path / "executor.json").exists()


@pytest.mark.parametrize(
    ("environ", "name", "url"),
    [
        ({"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://g", "GITHUB_REPOSITORY": "o/r",
          "GITHUB_RUN_ID": "9"}, "GitHub Actions", "https://g/o/r/actions/runs/9"),
        ({"GITLAB_CI": "true", "CI_JOB_URL": "https://l/1"}, "GitLab CI", "https://l/1"),
        ({"JENKINS_URL": "x", "BUILD_URL": "https://j/1/"}, "Jenkins", "https://j/1/"),
        ({"TF_BUILD": "True", "SYSTEM_COLLECTIONURI": "https://a/", "SYSTEM_TEAMPROJECT": "p",
          "BUILD_BUILDID": "4"}, "Azure Pipelines", "https://a/p/_build/results?buildId=4"),
    ],
)  # fmt: skip
def test_the_ci_job_is_linked(tmp_path, environ, name, url):
    allure_run.write(tmp_path, _summary(), environ=environ)
    told = json.loads((tmp_path / "executor.json").read_bytes())
    assert (told["name"], told["buildUrl"]) == (name, url)
