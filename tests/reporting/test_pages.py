"""The specification's pages: every feature with its last verdict, all evidence, and no script."""

import re
from html import unescape

import pytest

from testbed.reporting import outline, pages, runs
from testbed.reporting.gathered import gather
from testbed.reporting.overview import overview
from testbed.reporting.record import ScenarioResult
from testbed.reporting.summary import RunFacts, summarize
from tests.reporting import made_run


def _write(reports, results, facts=made_run.FACTS) -> tuple[str, str]:
    """Both forms of the page: the one file, and the folder's."""
    told = summarize(results, facts)
    kept, verdicts = runs.keep(reports, told, results, 1_767_225_600.0)
    single = pages.Pages(reports, overview(told, results, kept), told, verdicts, results).write()
    return single.read_text("utf-8"), (reports / "specification" / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The folder of a run with broken promises, its records, and both pages."""
    reports = tmp_path_factory.mktemp("broken")
    results = made_run.make(reports, broken=True)
    return reports, results, _write(reports, results)


def test_every_feature_rule_scenario_and_sentence_is_there(broken):
    single, folder = broken[2]
    shown = unescape(single)
    for feature in outline.capabilities():
        assert f'id="{feature.slug}"' in single and feature.title in shown
        for rule in feature.rules:
            assert rule.title in shown
            for one in rule.situations:
                assert f'id="{feature.slug}-{one.line}"' in single and one.name in shown
    for sentences in outline.sentences().values():
        assert all(one.words in shown for one in sentences)
    assert "what it means" in single, "the glossary"
    assert len(folder) > 100_000


def test_features_stand_in_reading_order(broken):
    places = [broken[2][0].index(f'id="{one.slug}"') for one in outline.capabilities()]
    assert places == sorted(places)


def test_a_rule_bears_its_verdict_and_when_it_was_reached(broken):
    single = broken[2][0]
    assert '<span class="badge bad">broken</span>' in single
    assert '<span class="badge good">kept</span>' in single
    assert "scenarios kept it (2026-01-01 00:00 UTC)" in single
    assert f"{made_run.SKIPPED} (2026-01-01 00:00 UTC)" in single


def test_what_never_ran_says_so(tmp_path):
    one = ScenarioResult(feature="F", file="features/ordering.feature", rule="x", scenario="S",
                         status="passed")  # fmt: skip
    single, _ = _write(tmp_path, [one], RunFacts())
    assert single.count(f'<span class="badge off">{pages.NEVER}</span>') > 40


def test_the_folder_needs_no_script_and_no_style_of_the_page_itself(broken):
    reports, _, (single, folder) = broken
    for page in (single, folder):
        assert not re.search(r"<script|javascript:|\son[a-z]+=|https?://(?!www\.w3\.org)", page)
    assert "<style" not in folder and " style=" not in folder and "data:" not in folder
    assert 'href="style.css"' in folder and (reports / "specification" / "style.css").is_file()


def test_every_picture_of_the_folder_is_there_and_the_one_file_has_its_own(broken):
    reports, _, (single, folder) = broken
    sources = re.findall(r'<img [^>]*src="([^"]+)"', folder)
    assert len(sources) > 60
    assert all((reports / "specification" / one).is_file() for one in sources)
    inside = re.findall(r'<img [^>]*src="([^"]+)"', single)
    assert len(inside) == len(sources)
    assert all(one.startswith("data:image/svg+xml;base64,") for one in inside)


def test_a_scenario_leads_to_its_result_in_allure(broken):
    reports, results, (single, folder) = broken
    evidence = gather(reports / "allure-results")
    for one in results:
        address = f'allure-report/index.html#{evidence.of(one).address}"'
        assert address in single and f'"../{address}' in folder


def test_what_broke_shows_its_story_and_the_logs_and_what_passed_its_ledger(broken):
    _, results, (single, _) = broken
    failed = next(one for one in results if one.status == "failed")
    part = single.split(f'<details id="{pages.anchor(failed)}"')[1].split("<details id=")[0]
    assert part.startswith(" open>") and "Promise broken: " in part
    assert "Log of service 0" in part and "Timeline" in part and "Play it again" in part
    passed = next(one for one in results if one.status == "passed")
    part = single.split(f'<details id="{pages.anchor(passed)}"')[1].split("<details id=")[0]
    assert part.startswith(">") and "Ledger" in part and "Timeline" in part
    assert "Log of service" not in part


def test_text_from_outside_stays_text(tmp_path):
    evil = "<script>alert(1)</script><img src=x onerror=y>\u202e"
    one = ScenarioResult(feature=evil, file="features/ordering.feature", line=10, rule=evil,
                         scenario=evil, status="failed", reason=evil)  # fmt: skip
    single, folder = _write(tmp_path, [one], RunFacts(consumer=evil, broker=evil))
    for page in (single, folder):
        assert "<script" not in page and "<img" not in page and "\u202e" not in page
        assert "&lt;script&gt;" in page and "\\u202e" in page


def test_the_verdict_above_allure_leads_to_what_broke(broken):
    reports, results, _ = broken
    told = summarize(results, made_run.FACTS)
    evidence = gather(reports / "allure-results")
    html = pages.verdict(overview(told, results, []), evidence)
    first = next(one for one in results if one.status == "failed")
    assert f'href="#{evidence.of(first).address}"' in html and "their-scorer --fast" in html
    assert "<script" not in html


def test_of_several_passes_the_one_that_did_not_pass_is_shown(tmp_path):
    feature = outline.capabilities()[0]
    named = {"feature": feature.title, "file": feature.file, "rule": feature.rules[0].title,
             "scenario": "S", "line": feature.rules[0].situations[0].line}  # fmt: skip
    results = [ScenarioResult(**named, status="passed"),
               ScenarioResult(**named, status="failed", reason="lost in pass 2"),
               ScenarioResult(**named, status="passed")]  # fmt: skip
    assert "lost in pass 2" in _write(tmp_path, results)[0]
