"""The page in a real browser, from a file: it shows the run and stays silent."""

import shutil
import subprocess
from html import escape

import pytest

from testbed.limits import Limits
from testbed.reporting import allure_run, html, node
from testbed.reporting.record import PromiseResult, ScenarioResult
from testbed.reporting.summary import RunFacts, summarize

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
    "--virtual-time-budget=8000", "--window-size=1280,900",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom",
)  # fmt: skip


@pytest.fixture(scope="module")
def opened(sample_run, tmp_path_factory):
    """The page's elements as the browser built them, and what it said on its console."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    if not (node.tool_home() / node.TOOL).is_file():
        pytest.skip("Allure 3 is not in the cache yet: run the runner once")
    reports = tmp_path_factory.mktemp("browser")
    shutil.copytree(sample_run.allure, reports / "allure-results")
    broken = PromiseResult(promise="p", title="no <order> is lost", verdict="BROKEN")
    result = ScenarioResult(
        feature="F", file="f.feature", scenario="S", status="failed", promises=[broken]
    )
    facts = RunFacts(broker="Kafka of the test", consumer="their-scorer --fast")
    allure_run.write(reports / "allure-results", summarize([result], facts), environ={})
    page = html.build(reports, Limits(), pytest.fail)
    done = subprocess.run(
        [BROWSER, *FLAGS, f"--user-data-dir={reports / 'profile'}", page.resolve().as_uri()],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, console


def test_features_rules_and_what_broke_are_shown(opened):
    shown, _ = opened
    for words in ("Orders arrive", "No order is lost", "A promise breaks", "The bench breaks"):
        assert words in shown


def test_the_overview_names_the_broken_promise_and_for_whom(opened):
    shown, _ = opened
    assert escape("no <order> is lost") in shown, "and as text, whatever its name holds"
    assert "their-scorer --fast" in shown and "Kafka of the test" in shown


def test_nothing_is_asked_of_the_world_and_nothing_goes_wrong(opened):
    _, console = opened
    assert console == []
