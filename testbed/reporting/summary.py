"""The run in figures: ``summary.json`` for machines, ``summary.txt`` for people."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import msgspec

from testbed.reporting.record import STATUSES, PromiseResult, ScenarioResult
from testbed.reporting.text import printable

GUIDE_FEATURE = "end_to_end_flow"  # where the guide's expected figures come from
GUIDE_FIGURES = ("messages_sent", "predictions_received", "success_rate", "customer_id_overlap")
WORST = ("BROKEN", "UNKNOWN", "HELD", "NOT ASKED")


class RunFacts(msgspec.Struct, kw_only=True, frozen=True):
    """What a run was: for the summary and for the report's environment table.

    ``bench_error`` is the trouble that ended it early, if any; ``duration_s`` is the wall time.
    """

    broker: str = ""
    why_broker: str = ""
    stand_in: bool = False
    consumer: str = "reference"
    delivery: str = ""
    dead_letter: str = ""
    oracle: bool = True
    seed: int = 0
    duration_s: float = 0.0
    bench_error: str = ""
    interrupted: bool = False


class FeatureLine(msgspec.Struct, kw_only=True):
    """One feature: how its scenarios ended."""

    feature: str
    file: str
    status: str
    passed: int = 0
    failed: int = 0
    error: int = 0
    skipped: int = 0
    duration_s: float = 0.0


class PromiseLine(msgspec.Struct, kw_only=True):
    """One promise over all scenarios. ``verdict``: its worst one; NOT ASKED if none applied."""

    promise: str
    title: str
    verdict: str
    held: int = 0
    broken: int = 0
    unknown: int = 0
    examined: int = 0


class Problem(msgspec.Struct, kw_only=True):
    """A scenario that did not pass, and why."""

    place: str
    rule: str
    scenario: str
    status: str
    reason: str
    replay: str = ""


class Summary(msgspec.Struct, kw_only=True):
    """The guide's expected-result fields first, then everything else."""

    messages_sent: int
    predictions_received: int
    success_rate: float
    customer_id_overlap: int
    status: str
    scenarios: dict[str, int]
    features: list[FeatureLine]
    promises: list[PromiseLine]
    not_passed: list[Problem]
    figures: dict[str, dict[str, float | int | str]]
    run: RunFacts


def summarize(results: list[ScenarioResult], run: RunFacts) -> Summary:
    """Add up a run. ``results`` in reading order, as ``record.read_all`` gives them."""
    counts = Counter(one.status for one in results)
    return Summary(
        **_guide_figures(results),
        status=status(results, run),
        scenarios={"total": len(results)} | {name: counts[name] for name in STATUSES},
        features=[_feature(list(group)) for _, group in groupby(results, key=lambda one: one.file)],
        promises=_promises(results),
        not_passed=[_problem(one, run.seed) for one in results if one.status != "passed"],
        figures={one.place: one.figures for one in results if one.figures},
        run=run,
    )


def status(results: Iterable[ScenarioResult], run: RunFacts) -> str:
    """PASSED, FAILED (a promise broke), INTERRUPTED or ERROR (the bench, or nothing executed)."""
    found = {one.status for one in results}
    if "failed" in found:
        return "FAILED"
    if run.interrupted:
        return "INTERRUPTED"
    trouble = "error" in found or "passed" not in found or run.bench_error
    return "ERROR" if trouble else "PASSED"


def write(reports: Path, results: list[ScenarioResult], run: RunFacts) -> Summary:
    """Write ``summary.json`` and ``summary.txt`` into ``reports``."""
    summary = summarize(results, run)
    data = msgspec.json.format(msgspec.json.encode(summary), indent=2)
    (reports / "summary.json").write_bytes(data + b"\n")
    (reports / "summary.txt").write_text(as_text(summary) + "\n", encoding="utf-8")
    return summary


def as_text(summary: Summary) -> str:
    """The whole summary in plain text."""
    parts = [_head(summary), _features(summary), _promise_lines(summary), _not_passed(summary)]
    return "\n\n".join(part for part in parts if part)


def _guide_figures(results: list[ScenarioResult]) -> dict[str, float | int]:
    """Of the guide's primary scenario: the first of end_to_end_flow that sent anything."""
    zero = dict.fromkeys(GUIDE_FIGURES, 0) | {"success_rate": 0.0}
    for one in results:
        if Path(one.file).stem == GUIDE_FEATURE and one.figures.get("messages_sent"):
            return {name: one.figures.get(name, zero[name]) for name in GUIDE_FIGURES}
    return zero


def _feature(results: list[ScenarioResult]) -> FeatureLine:
    counts = Counter(one.status for one in results)
    worst = next(name for name in ("failed", "error", "passed", "skipped") if counts[name])
    return FeatureLine(
        feature=results[0].feature,
        file=results[0].file,
        status=worst,
        duration_s=round(sum(one.duration_s for one in results), 3),
        **{name: counts[name] for name in STATUSES},
    )


def _promises(results: list[ScenarioResult]) -> list[PromiseLine]:
    by_slug: dict[str, list[PromiseResult]] = {}
    for one in results:
        for promise in one.promises:
            by_slug.setdefault(promise.promise, []).append(promise)
    lines = [_promise(asked) for asked in by_slug.values()]
    return sorted(lines, key=lambda line: WORST.index(line.verdict))


def _promise(results: list[PromiseResult]) -> PromiseLine:
    asked = [one for one in results if one.applies]
    counts = Counter(one.verdict for one in asked)
    # UNKNOWN in a scenario that was about something else does not outweigh a verdict elsewhere.
    verdict = next((v for v in ("BROKEN", "HELD", "UNKNOWN") if counts[v]), "NOT ASKED")
    return PromiseLine(
        promise=results[0].promise,
        title=results[0].title,
        verdict=verdict,
        held=counts["HELD"],
        broken=counts["BROKEN"],
        unknown=counts["UNKNOWN"],
        examined=sum(one.examined for one in asked),
    )


def _problem(result: ScenarioResult, seed: int) -> Problem:
    replay = f"behave {result.place} -D seed={seed}" if result.status != "skipped" else ""
    return Problem(
        place=result.place,
        rule=result.rule,
        scenario=result.scenario,
        status=result.status,
        reason=result.reason.strip(),
        replay=replay,
    )


def _head(summary: Summary) -> str:
    run, counts = summary.run, summary.scenarios
    told = ", ".join(f"{counts[name]} {name}" for name in STATUSES if counts[name])
    rows = [
        ("status", summary.status),
        ("scenarios", f"{counts['total']}: {told}" if told else "0"),
        *((name, f"{getattr(summary, name):g}") for name in GUIDE_FIGURES),
        ("broker", run.broker + (" - a stand-in image" if run.stand_in else "")),
        ("consumer", run.consumer),
        ("delivery", run.delivery),
        ("seed", str(run.seed)),
        ("duration", f"{run.duration_s:.1f} s"),
        ("trouble", run.bench_error),
    ]
    return "\n".join(f"{name:<22}{printable(value, 500)}" for name, value in rows if value)


def _features(summary: Summary) -> str:
    lines = []
    for one in summary.features:
        told = ", ".join(f"{getattr(one, name)} {name}" for name in STATUSES if getattr(one, name))
        lines.append(f"  {one.status.upper():<8}{printable(one.feature)}: {told}"
                     f" ({one.duration_s:.1f} s)")  # fmt: skip
    return "\n".join(["Features", *lines]) if lines else ""


def _promise_lines(summary: Summary) -> str:
    lines = []
    for one in summary.promises:
        told = ", ".join(f"{count} {name}" for name, count in
                         (("held", one.held), ("broken", one.broken), ("unknown", one.unknown))
                         if count)  # fmt: skip
        tail = f": {told}; {one.examined} examined" if told else ""
        lines.append(f"  {one.verdict:<10}{printable(one.title)}{tail}")
    return "\n".join(["Promises", *lines]) if lines else ""


def _not_passed(summary: Summary) -> str:
    parts = []
    for one in summary.not_passed:
        title = " › ".join(part for part in (one.rule, one.scenario) if part)
        lines = [f"  {one.status.upper()}  {one.place}  {printable(title)}"]
        shown = one.reason.splitlines() if one.status != "skipped" else one.reason.splitlines()[:1]
        lines += [f"    {printable(line, 600)}" for line in shown]
        lines += [f"    again: {one.replay}"] if one.replay else []
        parts.append("\n".join(lines))
    return "\n".join(["Not passed", *parts]) if parts else ""
