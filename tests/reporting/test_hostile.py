"""Whatever customers and consumers write: nothing of it runs, is asked for, or spoils a page."""

import base64
import csv
import io
import json
import re
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest

from testbed.checker import judge
from testbed.limits import Limits
from testbed.reporting import evidence, junit, node, publish
from testbed.reporting.record import ScenarioResult
from testbed.reporting.summary import RunFacts
from testbed.wait import until
from tests.reporting import hostile
from tests.reporting.browser import MISSING, Browser
from tests.reporting.conftest import run_behave

FEATURE = """
Feature: Hostile
  Rule: Nothing of it runs
    Scenario: Promises break over hostile records
      Then a hostile history is judged
    Scenario: A consumer ends with hostile last words
      Then its last words are told
    Scenario: A step fails unexpectedly
      Then something raises in hostile words
    Scenario: A scenario does not apply
      Then it is skipped for hostile reasons
"""
STEPS = """
from pathlib import Path
from types import SimpleNamespace
from behave import then
from testbed.checker import judge
from testbed.errors import CannotStart
from testbed.fleet import tail
from testbed.reporting import evidence
from testbed.reporting.text import verdict
from tests.reporting import hostile

@then("a hostile history is judged")
def judged(context):
    history = hostile.history()
    findings = tuple(judge(history).findings)
    reports = Path("reports")
    for name in ("consumer-hostile-0.log", "kafka.log"):  # both are quoted
        (reports / name).write_text(hostile.LOG, "utf-8", "replace")
    evidence.attach(context, SimpleNamespace(
        history=history, findings=lambda: findings, slug="hostile", tally=lambda: None,
        options=SimpleNamespace(reports=reports), began=0.0, broker_log=reports / "kafka.log",
        without_secrets=str), passed=False)
    raise AssertionError(verdict(findings, history, hostile.WORDS[0]))

@then("its last words are told")
def told(context):
    log = Path("log")
    log.write_text(hostile.LOG, "utf-8", "replace")
    raise CannotStart("Consumer process failed to start", tail(log, 99))

@then("something raises in hostile words")
def raises(context): raise RuntimeError(hostile.LOG)

@then("it is skipped for hostile reasons")
def skipped(context): context.scenario.skip(" ".join(filter(str.isprintable, hostile.WORDS)))
"""
HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
FORMULA = re.compile(r"[=+@\t\r]|-(?![0-9.]+$)")
ROOT = "document.body || document.documentElement"  # of a page, or of a picture
# What a page of Allure's has to open and close: every step and every attachment.
OPEN_ALL = """
let opened = 0;
for (const one of document.querySelectorAll(
    '[data-testid*="header"], [data-testid*="attachment"] button, [class*="step"] button')) {
  if (!one.dataset.opened) { one.dataset.opened = "1"; one.click(); opened += 1; }
}
return opened;
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run over the scenarios above, and everything that is written of it."""
    made = run_behave(tmp_path_factory.mktemp("hostile") / "run", "-D", "x=1",
                      features={"hostile": FEATURE}, steps=STEPS)  # fmt: skip
    reports = made.folder / "reports"
    words = [hostile.written(word) for word in hostile.WORDS]
    results = [
        ScenarioResult(
            feature=word, file="features/hostile.feature", scenario=word, rule=word, line=n,
            status=status, reason="\n".join([word, *words]),
        )
        for n, word in enumerate(words) for status in ("failed", "error", "skipped")
    ]  # fmt: skip
    facts = RunFacts(
        consumer=" ".join(words), broker=words[0], why_broker=words[2], duration_s=1.0,
        bench_error="\n".join(words),
    )  # fmt: skip
    made.publish = partial(publish.publish, reports, results, facts, Limits(report_s=300))
    made.publish(pytest.fail, html=False)
    junit.merge(reports / "junit", reports / "test-results.xml", results)
    return made


def test_the_terminal_gets_text_and_no_orders(run):
    """Nor do the files that people look at in one."""
    for text in (run.output, (run.folder / "reports" / "summary.txt").read_text("utf-8")):
        found = [line for line in text.split("\n") if HARMFUL.search(line)]
        assert not found
        assert "<script>" in text, "and what was said is still told"


def test_the_test_results_can_be_read_and_hold_no_markup_of_theirs(run):
    tree = ElementTree.parse(run.folder / "reports" / "test-results.xml")
    kinds = {one.tag for one in tree.iter()}
    assert kinds <= {"testsuites", "testsuite", "testcase", "failure", "error", "skipped",
                     "system-out", "properties", "property"}  # fmt: skip
    texts = [text for one in tree.iter() for text in (one.text or "", *one.attrib.values())]
    assert not [text for text in texts if HARMFUL.search(text.replace("\t", " "))]
    assert any("<script>" in text for text in texts)


def attachments(run) -> list[Path]:
    return list(run.allure.glob("*-attachment.*"))


def test_attachments_are_of_types_that_only_show(run):
    assert {path.suffix for path in attachments(run)} <= {".txt", ".csv", ".svg", ".png"}
    assert len(attachments(run)) >= 4


def test_no_cell_of_a_table_is_a_formula(run):
    findings = tuple(judge(hostile.history()).findings)
    made = evidence.pieces(hostile.history(), findings, Path("x"))
    tables = [one.body for one in made if one.mime_type == "text/csv"]
    tables += [evidence._table([(word, "x", "-1.5") for word in hostile.WORDS])]
    cells = [cell for body in tables for row in csv.reader(io.StringIO(body)) for cell in row]
    assert len(cells) > 50 and "-1.5" in cells
    assert [cell for cell in cells if FORMULA.match(cell)] == []


def test_a_picture_is_a_picture_and_nothing_else(run):
    pictures = [path for path in attachments(run) if path.suffix == ".svg"]
    assert pictures
    for path in pictures:
        kinds = {one.tag.rpartition("}")[2] for one in ElementTree.parse(path).iter()}
        assert kinds <= {"svg", "style", "rect", "path", "line", "text", "title", "g", "circle"}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if MISSING:
        pytest.skip(MISSING)
    with Browser(tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture(scope="module")
def page(run):
    if not (node.tool_home() / node.TOOL).is_file():
        pytest.skip("Allure 3 is not in the cache yet: run the runner once")
    return run.publish(pytest.fail)[1][0]


def harm(browser) -> dict:
    """What went wrong on the page that is open: nothing, if all is well."""
    wide = browser.run("return document.documentElement.scrollWidth - window.innerWidth")
    asked = [one for one in browser.asked_for() if not one.startswith(("file:", "data:", "blob:",
             "about:", "chrome"))]  # fmt: skip
    return {name: told for name, told in {
        "ran": browser.run("return top.hostile"),
        "said": browser.said(),
        "asked for": asked,
        "wider than the window by": max(0, wide),
        "hidden": browser.run(f"return getComputedStyle({ROOT}).display") == "none",
    }.items() if told}  # fmt: skip


def test_the_browser_sees_what_would_do_harm(browser, tmp_path):
    """That the tests below can fail: a page that has one of the words as it is."""
    trap = tmp_path / "trap.html"
    trap.write_text(f"<p style='width:9999px'>{hostile.WORDS[0]}<img src=http://{hostile.OUTSIDE}>")
    browser.open(trap.as_uri())
    assert {"ran", "said", "asked for", "wider than the window by"} <= harm(browser).keys()


def test_nothing_of_it_runs_in_the_overview(browser, page):
    browser.open(page.as_uri())
    shows(browser, "Promises break over hostile records")
    assert harm(browser) == {}


def shows(browser, text: str) -> None:
    """Wait until the page that is open shows a text."""
    until(
        lambda: text in browser.run("return document.body.innerText"),
        within_s=20,
        what=f"the page to show {text!r}",
        describe=lambda: browser.run("return document.body.innerText")[:500],
    )


def identities(page: Path) -> dict[str, str]:
    """The names of the scenarios in a page, and where the page has each."""
    stored = re.findall(
        r'd\("data/test-results/[^"]+","([A-Za-z0-9+/=]+)"\)', page.read_text("utf-8")
    )
    told = (json.loads(base64.b64decode(one)) for one in stored)
    return {one["name"]: one["id"] for one in told}


@pytest.mark.parametrize("place", ["specification.html", "specification/index.html"])
def test_nothing_of_it_runs_in_the_specification(browser, page, run, place):
    """Our own pages: the one file, and the folder."""
    browser.open((run.folder / "reports" / place).as_uri())
    shows(browser, "top.hostile=1")
    assert harm(browser) == {}


@pytest.mark.parametrize(
    ("name", "least"),
    [("Promises break over hostile records", 4), ("A consumer ends with hostile last words", 0),
     ("A step fails unexpectedly", 0), ("A scenario does not apply", 0)],
)  # fmt: skip
def test_nothing_of_it_runs_in_a_scenario(browser, page, name, least, tmp_path):
    """With all its steps and attachments open, at ``least`` so many."""
    browser.open(f"{page.as_uri()}#{identities(page)[name]}")
    shows(browser, name)
    opened = 0
    while more := browser.run(OPEN_ALL):
        opened += more
    browser.picture(tmp_path / "page.png")  # pytest keeps it, to be looked at
    assert opened >= least
    assert harm(browser) == {}


def test_nothing_of_it_runs_in_a_picture(browser, run):
    """Opened by itself, as a browser opens what was downloaded."""
    for path in attachments(run):
        if path.suffix == ".svg":
            browser.open(path.as_uri())
            assert browser.run("return document.documentElement.tagName") == "svg"
            assert harm(browser) == {}
