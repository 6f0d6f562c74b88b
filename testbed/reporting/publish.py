"""All reports of a run from what its scenarios left: for machines, for pages, for the terminal."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from testbed.limits import Limits
from testbed.reporting import allure_run, markdown, runs, summary, terminal
from testbed.reporting.gathered import Evidence
from testbed.reporting.overview import Overview, overview
from testbed.reporting.record import ScenarioResult
from testbed.reporting.summary import RunFacts, Summary


def publish(
    reports: Path,
    results: list[ScenarioResult],
    facts: RunFacts,
    limits: Limits,
    say: Callable[[str], None],
    *,
    html: bool = True,
) -> tuple[Summary, list[Path]]:
    """Write every report into ``reports``; the summary, and what people may open, best first.

    What cannot be built is told by ``say``. ``html``: pages too, unless there is no scenario.
    """
    told = summary.write(reports, results, facts)
    allure_run.write(reports / "allure-results", told)
    kept, verdicts = runs.keep(reports, told, results, time.time())
    view = overview(told, results, kept)
    paths = [markdown.write(reports, view, told), reports / "summary.txt"]
    if html and results:
        paths = [*_pages(reports, view, told, verdicts, results, limits, say), *paths]
    return told, paths


def told_on_terminal(results: list[ScenarioResult], line: Callable[[str, str], None]) -> None:
    """The verdict in text: ``line`` takes each line and its colour."""
    for one in terminal.lines(results):
        line(one.text, one.colour)


def _pages(reports: Path, view: Overview, told, verdicts, results, limits, say) -> list[Path]:
    """Allure's page and ours, side by side: Node makes the one, Python the other."""
    from testbed.reporting import html, pages

    ours = pages.Pages(reports, view, told, verdicts, results)
    finish = partial(
        html.made_ours,
        first_screen=pages.verdict(view, ours.evidence),
        rank=_rank(results, ours.evidence),
    )
    with ThreadPoolExecutor(1) as pool:  # what may take long is where an interrupt arrives
        written = pool.submit(ours.write)
        page = html.build(reports, limits, say, finish)
        specification = written.result()
    return [*([page] if page else []), specification]


def _rank(results: list[ScenarioResult], evidence: Evidence) -> dict[str, int]:
    """The place of each result in Allure's page, as people read."""
    found = ((evidence.of(one), place) for place, one in enumerate(results))
    return {one.address: place for one, place in found if one}
