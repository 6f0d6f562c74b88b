"""One small behave run with everything that can go missing in a report, for all tests here."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.reporting.opened import BROWSER

ROOT = Path(__file__).resolve().parents[2]

ORDERS = """
@integration
Feature: Orders arrive
  Background:
    Given a bench

  Scenario: Directly under the feature
    Then it works

  Scenario: Directly under the feature
    Then it works

  @critical
  Rule: No order is lost
    Background:
      Given a bench for the rule

    Scenario: One order
      Then it works

    Scenario: A promise breaks
      Then a promise breaks
      And it works

    Scenario Outline: Many <what>
      Then it works

      Examples: fruit
        | what   |
        | apples |
        | pears  |

  Rule: No order comes twice
    Scenario: One order
      Then evidence is attached

    Scenario: The bench breaks
      Then the bench breaks

    Scenario: Nobody wrote the step
      Then nobody wrote this
      And it works

    @does-not-apply
    Scenario: Does not apply
      Then it works

    Scenario: Gives up halfway
      Given a bench
      When it turns out not to apply
      Then it works

    @deselected
    Scenario: Nobody asked for it
      Then it works

  Rule: Hooks break too
    @break-before
    Scenario: The hook before breaks
      Then it works

    @break-after
    Scenario: The hook after breaks
      Then it works

    @break-cleanup
    Scenario: The cleanup breaks
      Then a promise breaks
"""
LATER = """
@break-feature
Feature: The feature's hook breaks
  Scenario: Never gets its turn
    Then it works
  Rule: A rule
    Scenario: Nor does this
      Then it works
"""
RULE = """
Feature: The rule's hook breaks
  @break-rule
  Rule: Broken rule
    Scenario: Not reached under the rule
      Then it works
  Rule: Sound rule
    Scenario: Reached
      Then it works
"""
STEPS = """
from behave import given, when, then

@given("a bench")
@given("a bench for the rule")
@then("it works")
def works(context): pass

@then("a promise breaks")
def breaks(context): raise AssertionError("Promise broken: no order is lost\\n1 breach")

@then("the bench breaks")
def bench(context):
    from testbed.errors import NotReached
    raise NotReached("Expected a broker within 1 s", "none came", "Start one")

@then("evidence is attached")
def attach(context): context.attach("text/plain", b"the ledger")

@when("it turns out not to apply")
def skip(context): context.scenario.skip("no broker to kill")
"""
ENVIRONMENT = """
def before_feature(context, feature):
    for scenario in feature.walk_scenarios():
        if "does-not-apply" in scenario.effective_tags:
            scenario.skip("the consumer declares no metrics")
    if "break-feature" in feature.tags: raise RuntimeError("feature hook")

def before_rule(context, rule):
    if "break-rule" in rule.tags: raise RuntimeError("rule hook")

def before_scenario(context, scenario):
    if "break-before" in scenario.tags: raise RuntimeError("before hook")
    if "break-cleanup" in scenario.tags:
        def fail(): raise RuntimeError("cleanup")
        context.add_cleanup(fail)

def after_scenario(context, scenario):
    if "break-after" in scenario.tags: raise RuntimeError("after hook")
"""


@dataclass
class SampleRun:
    """A finished run of behave: its folder, its output and its results."""

    folder: Path
    output: str
    exit_code: int

    @property
    def allure(self) -> Path:
        return self.folder / "reports" / "allure-results"

    def results(self) -> list[dict]:
        return [json.loads(path.read_bytes()) for path in self.allure.glob("*-result.json")]

    def result(self, name: str, rule: str | None = None) -> dict:
        found = [one for one in self.results() if one["name"] == name
                 and (rule is None or rule in one["titlePath"])]  # fmt: skip
        assert len(found) == 1, [one["name"] for one in self.results()]
        return found[0]


def run_behave(
    folder: Path, *arguments: str, features: dict[str, str], steps: str = STEPS
) -> SampleRun:
    """Write the features beside the steps above, or others, and run behave over them."""
    (folder / "features").mkdir(parents=True)
    (folder / "steps").mkdir()
    for name, text in features.items():
        (folder / "features" / f"{name}.feature").write_text(text, encoding="utf-8")
    (folder / "steps" / "steps.py").write_text(steps, encoding="utf-8")
    (folder / "environment.py").write_text(ENVIRONMENT, encoding="utf-8")
    command = [
        *(sys.executable, "-m", "behave", "--no-color", "--show-skipped"),
        *("--tags", "not @deselected", "--junit", "--junit-directory", "reports/junit"),
        *("-f", "testbed.reporting.progress:ProgressFormatter", "-o", "-"),
        *("-f", "testbed.reporting.allure_formatter:AllureFormatter"),
        *("-o", "reports/allure-results"),
        *arguments,
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return SampleRun(folder, done.stdout + done.stderr, done.returncode)


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory) -> SampleRun:
    """The run over all three features above."""
    features = {"orders": ORDERS, "later": LATER, "rules": RULE}
    return run_behave(tmp_path_factory.mktemp("sample") / "run", features=features)


@pytest.fixture
def behave(tmp_path):
    """Run behave over features of one's own: ``behave(*arguments, name=text)``."""
    return lambda *arguments, **features: run_behave(
        tmp_path / "run", *arguments, features=features
    )


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api", reason="the driver is not installed")
    with sync_api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser):
    """Open a page; in the end nothing may have gone wrong in it or have been asked of the world."""
    opened, faults = [], []

    def visit(page: Path, size, *, scheme="light", at=""):
        tab = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        tab.set_default_timeout(200_000)  # of a busy machine
        opened.append(tab)
        tab.on("console", lambda said: faults.append(f"{said.type}: {said.text}"))
        tab.on("pageerror", lambda error: faults.append(f"error: {error}"))
        tab.on("request", lambda asked: faults.append(asked.url) if _outside(asked.url) else None)
        tab.goto(page.resolve().as_uri() + at)
        return tab

    yield visit
    for tab in opened:
        tab.close()
    assert faults == []


def _outside(url: str) -> bool:
    return not url.startswith(("file:", "data:", "blob:"))
