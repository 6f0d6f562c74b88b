"""The reports in a real browser, from files: all is there, opens, is legible, and stays silent.

Screenshots for people are written to ``reports/screenshots/``.
"""

from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from testbed.limits import Limits
from testbed.reporting import node, outline, pages
from testbed.reporting.publish import publish
from tests.reporting import made_run
from tests.reporting.opened import (
    WIDE,
    WIDTHS,
    RealRun,
    legible,
    look,
    open_attachments,
    open_scenario,
)

JENKINS = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"  # as it sends it
UNLOADED = "() => [...document.images].filter(one => !one.naturalWidth).map(one => one.alt)"


class Run(RealRun):
    """One that is made and published here."""

    def __init__(self, reports: Path, *, broken: bool):
        results = made_run.make(reports, broken=broken)
        self.told, _paths = publish(reports, results, made_run.FACTS, Limits(), pytest.fail)
        super().__init__(reports)


@pytest.fixture(scope="module")
def runs(browser, tmp_path_factory):
    """One run in which all promises held, and one in which some broke."""
    if not (node.tool_home() / node.TOOL).is_file():
        pytest.skip("Allure 3 is not in the cache yet: run the runner once")
    return {name: Run(tmp_path_factory.mktemp(name), broken=name == "broken")
            for name in ("passed", "broken")}  # fmt: skip


def _on_first_screen(tab, words: str) -> bool:
    box = tab.get_by_text(words, exact=False).first.bounding_box()
    return (
        box is not None
        and box["y"] >= 0
        and box["y"] + box["height"] <= tab.viewport_size["height"]
    )


@WIDTHS
@pytest.mark.parametrize("which", ["allure", "single", "folder"])
def test_the_first_screen_names_what_broke_and_for_whom(runs, visit, size, which):
    tab = visit(getattr(runs["broken"], which), size)
    broken = [one.title for one in runs["broken"].told.promises if one.verdict == "BROKEN"]
    assert 1 < len(broken) <= pages.MOST_BROKEN
    tab.locator(".cv").wait_for()
    if which == "allure":
        tab.locator('[data-testid="tree-leaf"]').first.wait_for()
    assert tab.evaluate("() => document.scrollingElement.scrollTop") == 0
    for words in (f"{len(broken)} promises broken", made_run.FACTS.consumer):
        assert _on_first_screen(tab, words)
    named = [title for title in broken if title in tab.locator(".cv").inner_text()]
    assert named == broken and all(_on_first_screen(tab, title) for title in named)
    legible(tab)
    look(tab, f"overview-broken-{which}", size)


@WIDTHS
def test_a_run_without_a_breach_says_so_first(runs, visit, size):
    tab = visit(runs["passed"].allure, size)
    tab.locator('[data-testid="tree-content"]').wait_for()
    assert _on_first_screen(tab, "all kept") and _on_first_screen(tab, "not asked, and why")
    legible(tab)
    look(tab, "overview-passed-allure", size)


def test_features_and_rules_stand_in_reading_order(runs, visit):
    tab = visit(runs["broken"].allure, WIDE)
    tab.locator('[data-testid="tree-section-title"]').first.wait_for()
    titles = tab.locator('[data-testid="tree-section-title"]').all_inner_texts()
    features = [one.title for one in outline.capabilities()]
    assert [title for title in titles if title in features] == features


@pytest.mark.parametrize("name", ["passed", "broken"])
def test_every_scenario_opens_in_allure(runs, visit, name):
    run = runs[name]
    tab = visit(run.allure, WIDE)
    for result in run.results:
        open_scenario(tab, run, result)
        assert not tab.locator(".cv").is_visible(), "the scenario has the room"


@WIDTHS
@pytest.mark.parametrize("status", ["passed", "failed"])
def test_the_evidence_of_a_scenario_opens_and_is_legible(runs, visit, size, status):
    run = runs["broken"]
    result = next(one for one in run.results if one.status == status)
    tab = visit(run.allure, size)
    open_scenario(tab, run, result)
    legible(tab)
    look(tab, f"scenario-{status}", size)
    open_attachments(tab, run.attachments(result), status, size)
    legible(tab)


@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("which", ["single", "folder"])
def test_the_specification_shows_all_with_its_pictures(runs, visit, size, scheme, which):
    tab = visit(getattr(runs["broken"], which), size, scheme=scheme)
    tab.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
    tab.evaluate("() => Promise.all([...document.images].map("
                 "one => { one.loading = 'eager'; return one.decode() }))")  # fmt: skip
    assert tab.evaluate(UNLOADED) == [] and tab.locator("img").count() > 60
    shown = tab.locator("main").inner_text()
    assert all(one.scenario in shown for one in runs["broken"].results)
    legible(tab)
    dark = tab.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(255, 255, 255)") == (scheme == "light")
    tab.locator("#end_to_end_flow").scroll_into_view_if_needed()
    look(tab, f"specification-{which}-{scheme}", size)


def test_every_link_within_the_specification_leads_somewhere(runs, visit):
    tab = visit(runs["broken"].single, WIDE)
    dead = tab.evaluate("""() => [...document.querySelectorAll('a[href^="#"]')]
      .filter(one => !document.getElementById(one.hash.slice(1))).map(one => one.hash)""")
    assert dead == []
    files = tab.evaluate("""() => [...new Set([...document.querySelectorAll('a')]
      .map(one => one.href.split('#')[0]))]""")
    assert sorted(files) == sorted(page.as_uri() for page in (
        runs["broken"].single.resolve(), runs["broken"].allure.resolve()))  # fmt: skip


@contextmanager
def _served(folder: Path, policy: str):
    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self):
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@WIDTHS
def test_under_jenkins_own_policy_the_folder_is_whole(runs, browser, size):
    said = []
    with _served(runs["broken"].reports, JENKINS) as host:
        tab = browser.new_page(viewport={"width": size[0], "height": size[1]})
        tab.on("console", lambda message: said.append(message.text))
        tab.goto(f"{host}/specification/index.html")
        assert tab.locator(".card").first.evaluate("e => getComputedStyle(e).borderRadius") == "8px"
        tab.locator("details[open] img").first.scroll_into_view_if_needed()
        tab.wait_for_function("() => document.querySelector('details[open] img').naturalWidth > 0")
        legible(tab)
        look(tab, "specification-jenkins", size)
        tab.close()
    assert said == [], "nothing in it was refused"


def test_under_jenkins_own_policy_allure_does_not_run(runs, browser):
    """As docs/report.md says; where this fails, the page may say more."""
    with _served(runs["broken"].reports, JENKINS) as host:
        tab = browser.new_page()
        tab.goto(f"{host}/allure-report/index.html")
        assert (
            tab.locator(".cv")
            .inner_text()
            .startswith(
                f"{sum(one.verdict == 'BROKEN' for one in runs['broken'].told.promises)} promises"
            )
        )
        assert tab.locator('[data-testid="tree-leaf"]').count() == 0
        tab.close()
