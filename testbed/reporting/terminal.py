"""The verdict for people who open no browser: a line for each rule, and the story of what broke."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from testbed.reporting import runs
from testbed.reporting.overview import STORY_LINES, WORDS, Broken, broken_in
from testbed.reporting.record import ScenarioResult
from testbed.reporting.text import printable

COLOURS = {"passed": "32", "failed": "31", "error": "33", "skipped": "36"}  # of ANSI
MOST_STORIES = 3
WIDE = 200  # signs of a story's line


class Line(NamedTuple):
    """One line, and its colour on a terminal."""

    text: str
    colour: str = ""


def lines(results: list[ScenarioResult]) -> Iterator[Line]:
    """One line for each rule in reading order, then what broke in at most ten lines each."""
    for (file, rule), found in runs.by_rule(results).items():
        verdict = runs.verdict_of(file, rule, found, 0.0)
        told = f" (kept in {verdict.passed} of {verdict.asked})" if verdict.asked else ""
        why = f": {printable(verdict.why, WIDE)}" if verdict.status == "skipped" else ""
        word = WORDS[verdict.status].upper()
        text = f"{word:<10}  {Path(file).stem}: {printable(rule or found[0].feature)}{told}{why}"
        yield Line(text, COLOURS[verdict.status])
    broken = broken_in(results)
    for one in broken[:MOST_STORIES]:
        yield from _story(one)
    hidden = len(broken) - MOST_STORIES
    if hidden > 0:
        yield Line(f"… and {hidden} more, told in summary.txt", COLOURS["failed"])


def _story(broken: Broken) -> Iterator[Line]:
    """Its title, then what is told of the first record, and the command that plays it again."""
    first = broken.results[0]
    title = printable(broken.title, WIDE)
    yield Line("")
    yield Line(f"BROKEN  {title}", COLOURS["failed"])
    told = [line for line in broken.story if broken.title not in line]
    told = [f"in {first.place}  {first.scenario}", *told[: STORY_LINES - 2]]
    for line in told:
        yield Line(f"  {printable(line, WIDE)}")
