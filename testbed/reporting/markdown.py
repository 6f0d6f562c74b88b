"""The verdict as Markdown: for a job's summary page and for the note of a merge request."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from testbed.reporting.overview import Overview
from testbed.reporting.record import STATUSES
from testbed.reporting.summary import Summary
from testbed.reporting.text import harmless, printable

FILE = "summary.md"
GITHUB = "GITHUB_STEP_SUMMARY"  # names the file that GitHub shows beside the job
MOST_STORIES, STORY_LINES = 10, 14
SIGNS = {"good": "✅", "bad": "❌", "unsure": "⚠️"}
SPECIAL = re.compile(r"([\\`*_{}\[\]#|~])")
ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "@": "&#64;",
    "://": "&#58;//",
    "www.": "www&#46;",
}


def write(reports: Path, view: Overview, summary: Summary, environ=os.environ) -> Path:
    """Write ``summary.md``, and add it to GitHub's page where a job has one."""
    text = as_markdown(view, summary)
    path = reports / FILE
    path.write_text(text, encoding="utf-8")
    if environ.get(GITHUB):
        with open(environ[GITHUB], "a", encoding="utf-8") as page:
            page.write(text)
    return path


def as_markdown(view: Overview, summary: Summary) -> str:
    """Headline, what broke with its stories, features, and what was skipped and why."""
    parts = [
        f"## {SIGNS[view.tone]} {plain(view.headline)}",
        f"by {plain(view.consumer)}" if view.tone != "unsure" else f"of {plain(view.consumer)}",
        _table(("", ""), [*view.facts, ("Scenarios", view.counted)]),
        *_broken(view),
        _features(summary),
        _skipped(view),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: str, limit: int = 300) -> str:
    """Text that means nothing to Markdown: no tag, no link, no mention, no table's end."""
    shown = SPECIAL.sub(r"\\\1", printable(text, limit))
    for sign, entity in ENTITIES.items():
        shown = shown.replace(sign, entity)
    return shown


def fenced(lines: Iterable[str]) -> str:
    """Lines as they are, behind a fence that is longer than any within."""
    text = harmless("\n".join(lines))
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _broken(view: Overview) -> list[str]:
    parts = []
    for one in view.broken[:MOST_STORIES]:
        first = one.results[0]
        more = len(one.results) - 1
        told = f", and in {more} more" if more else ""
        parts.append(f"### ❌ {plain(one.title)}")
        parts.append(f"in {plain(first.scenario)} ({plain(first.place)}){told}")
        hidden = len(one.story) - STORY_LINES
        cut = [f"… {hidden} more lines in the report"] if hidden > 0 else []
        parts.append(fenced([*one.story[:STORY_LINES], *cut]) if one.story else "")
    hidden = len(view.broken) - MOST_STORIES
    return [*parts, f"… and {hidden} more"] if hidden > 0 else parts


def _features(summary: Summary) -> str:
    names = [name for name in STATUSES if summary.scenarios.get(name)]
    rows = [
        (one.feature, *(str(getattr(one, name) or "") for name in names), f"{one.duration_s:.1f} s")
        for one in summary.features
    ]
    return _table(("feature", *names, "time"), rows) if rows else ""


def _skipped(view: Overview) -> str:
    if not view.skipped:
        return ""
    rows = [(str(count), reason or "without a reason") for reason, count in view.skipped]
    return "Not asked:\n\n" + _table(("scenarios", "why"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    cells = [[cell if cell == "---" else plain(cell) for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
