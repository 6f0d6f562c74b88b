"""The truth about a run in ten seconds: what broke and for whom, what was skipped, the trend."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from testbed.reporting.record import STATUSES, ScenarioResult
from testbed.reporting.runs import Run
from testbed.reporting.summary import Summary
from testbed.reporting.text import printable

TONES = {"PASSED": "good", "FAILED": "bad"}  # of a whole run; else "unsure"
TONE_OF = {"passed": "good", "failed": "bad", "error": "unsure", "skipped": "off"}
WORDS = {"passed": "kept", "failed": "broken", "error": "no verdict", "skipped": "not asked"}
SHOWN_RUNS = 30
STORY_LINES = 10
BAR, STEP, HIGH = 7, 9, 28  # of the trend, in pixels


class Broken(NamedTuple):
    """A promise that broke, or an expectation of a scenario that names no promise.

    ``results``: the scenarios in which it did; ``story``: the first of them in words.
    """

    title: str
    results: list[ScenarioResult]
    story: list[str]


class Bar(NamedTuple):
    """One run of the trend."""

    x: int
    y: int
    height: int
    tone: str
    told: str


class Overview(NamedTuple):
    """What stands above everything else, in every form of the report."""

    headline: str
    tone: str
    consumer: str
    broken: list[Broken]
    facts: list[tuple[str, str]]
    counted: str
    skipped: list[tuple[str, int]]
    trend: list[Bar]
    when: str

    @property
    def all_skipped(self) -> int:
        """Scenarios that were not asked."""
        return sum(count for _, count in self.skipped)


def overview(summary: Summary, results: list[ScenarioResult], runs: list[Run]) -> Overview:
    """Everything that the first screen says; ``runs`` with this one as the last."""
    run = summary.run
    broken = broken_in(results)
    return Overview(
        headline=_headline(summary, broken),
        tone=TONES.get(summary.status, "unsure"),
        consumer=_consumer(run.consumer),
        broken=broken,
        facts=[(name, printable(value, 200)) for name, value in _facts(summary) if value],
        counted=counted(summary.scenarios),
        skipped=_skipped(results),
        trend=_trend(runs),
        when=moment(runs[-1].at) if runs else "",
    )


def broken_in(results: Iterable[ScenarioResult]) -> list[Broken]:
    """What broke, in the order in which people read, each with the scenarios that saw it."""
    found: dict[str, list[ScenarioResult]] = {}
    for one in results:
        if one.status != "failed":
            continue
        titles = [promise.title for promise in one.promises if promise.verdict == "BROKEN"]
        for title in titles or [one.headline]:
            found.setdefault(title, []).append(one)
    return [Broken(title, seen, _story(title, seen[0])) for title, seen in found.items()]


def counted(counts: dict[str, int]) -> str:
    """``33 scenarios: 30 passed, 3 skipped``."""
    told = ", ".join(f"{counts[name]} {name}" for name in STATUSES if counts.get(name))
    return f"{several(counts.get('total', 0), 'scenario')}{': ' if told else ''}{told}"


def several(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def moment(at: float) -> str:
    """A time for people of all zones."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _headline(summary: Summary, broken: list[Broken]) -> str:
    promises = [one for one in summary.promises if one.verdict == "BROKEN"]
    held = sum(one.verdict == "HELD" for one in summary.promises)
    if summary.status == "FAILED":
        count, noun = (len(promises), "promise") if promises else (len(broken), "expectation")
        return f"{several(count, noun)} broken"
    if summary.status == "PASSED":
        return f"{several(held, 'promise')} asked, all kept" if held else "Everything passed"
    if summary.status == "INTERRUPTED":
        return "Interrupted before the verdict"
    return "No verdict: the bench was in trouble"


def _consumer(command: str) -> str:
    return "the reference consumer" if command == "reference" else printable(command, 160)


def _facts(summary: Summary) -> list[tuple[str, str]]:
    run = summary.run
    return [
        ("Broker", run.broker + (" - a stand-in image with Apache Kafka" if run.stand_in else "")),
        ("Guarantee", run.delivery),
        ("Dead letters", run.dead_letter),
        ("Score check", "against the model file" if run.oracle else "off"),
        ("Seed", str(run.seed)),
        ("Duration", f"{run.duration_s:.1f} s"),
        ("Trouble", run.bench_error),
    ]


def _skipped(results: list[ScenarioResult]) -> list[tuple[str, int]]:
    """Each reason with how many scenarios it kept from running, the most frequent first."""
    reasons = Counter(one.headline for one in results if one.status == "skipped")
    return reasons.most_common()


def _story(title: str, result: ScenarioResult) -> list[str]:
    """What the first scenario tells about this very promise; else the reason that it gives."""
    own = [one.reason for one in result.promises
           if one.title == title and one.verdict == "BROKEN" and one.reason]  # fmt: skip
    return (own[0] if own else result.reason).splitlines()


def _trend(runs: list[Run]) -> list[Bar]:
    shown = runs[-SHOWN_RUNS:]
    longest = max((run.duration_s for run in shown), default=0) or 1
    bars = []
    for place, run in enumerate(shown):
        height = max(4, round(HIGH * run.duration_s / longest))
        broken = f"; broken: {', '.join(run.broken)}" if run.broken else ""
        told = (f"{moment(run.at)}, {run.consumer}: {run.status.lower()}, "
                f"{counted(run.scenarios)}, {run.duration_s:.0f} s{broken}")  # fmt: skip
        tone = TONES.get(run.status, "unsure")
        bars.append(Bar(place * STEP, HIGH - height, height, tone, printable(told, 400)))
    return bars
