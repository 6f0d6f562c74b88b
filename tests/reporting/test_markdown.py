"""The Markdown says the same as the pages, and nothing from outside means anything in it."""

import pytest
from markdown_it import MarkdownIt

from testbed.reporting import markdown
from testbed.reporting.overview import overview
from testbed.reporting.record import PromiseResult, ScenarioResult
from testbed.reporting.summary import RunFacts, summarize

EVIL = "</td><script>x</script> [a](javascript:x) | `b` **c** @team ![d](http://e.f/g) \u202e"


def _render(*results, **facts) -> str:
    summary = summarize(list(results), RunFacts(**facts))
    return markdown.as_markdown(overview(summary, list(results), []), summary)


def _broken(title="No event is lost", reason="Promise broken: No event is lost\n  it vanished"):
    promise = PromiseResult(promise="p", title=title, verdict="BROKEN", reason=reason)
    return ScenarioResult(feature="F", file="features/f.feature", line=3, scenario="S",
                          status="failed", promises=[promise])  # fmt: skip


def _html(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_what_broke_for_whom_and_its_story_are_there():
    text = _render(_broken(), consumer="their-scorer", broker="Kafka", delivery="at-least-once")
    for words in ("1 promise broken", "by their-scorer", "### ❌ No event is lost", "it vanished",
                  "features/f.feature:3", "| Broker | Kafka |", "| F |"):  # fmt: skip
        assert words in text


def test_skips_are_told_with_their_reason():
    skipped = ScenarioResult(
        feature="F", file="f", scenario="S", status="skipped", reason="no pipe|"
    )
    html = _html(_render(skipped))
    assert "Not asked" in html and "<td>no pipe|</td>" in html


@pytest.mark.parametrize("field", ["consumer", "broker", "bench_error", "title", "reason"])
def test_text_from_outside_stays_text(field):
    if field in ("title", "reason"):
        html = _html(_render(_broken(**{field: EVIL})))
    else:
        html = _html(_render(_broken(), **{field: EVIL}))
    assert "<script" not in html and "<img" not in html and "<a " not in html
    assert "<strong>" not in html and "\u202e" not in html
    assert "**c**" in html, "and is still to be read"


def test_nobody_is_called_and_nothing_becomes_an_address():
    text = markdown.plain("@team http://e.f www.g.h")
    assert "@" not in text and "://" not in text and "www." not in text


def test_a_story_cannot_leave_its_fence():
    text = markdown.fenced(["a", "````", "# not a heading"])
    assert text.startswith("`````text\n") and "<h1>" not in _html(text)


def test_stories_and_promises_are_bounded_and_say_so():
    many = [_broken(f"Promise {n}", "\n".join(map(str, range(100)))) for n in range(30)]
    text = _render(*many)
    assert "86 more lines in the report" in text and "… and 20 more" in text and len(text) < 9000


def test_github_gets_it_beside_the_job(tmp_path):
    summary = summarize([_broken()], RunFacts())
    view = overview(summary, [_broken()], [])
    page = tmp_path / "step.md"
    page.write_text("before\n")
    path = markdown.write(tmp_path, view, summary, {"GITHUB_STEP_SUMMARY": str(page)})
    assert page.read_text("utf-8") == "before\n" + path.read_text("utf-8")
    markdown.write(tmp_path, view, summary, {})
    assert page.read_text("utf-8").count("promise broken") == 1
