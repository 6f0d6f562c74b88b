"""What stays from run to run: a line for each run, and the last verdict on each rule.

Both stand in the reports folder, which a run clears of all but them.
"""

from pathlib import Path

import msgspec

from testbed.reporting.record import ScenarioResult
from testbed.reporting.summary import Summary

RUNS, VERDICTS = "runs.jsonl", "verdicts.json"
KEPT = 50
ORDER = ("failed", "error", "passed", "skipped")  # of several scenarios under one rule


class Run(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One run in a line. ``at``: its end, in seconds since 1970."""

    at: float
    status: str
    consumer: str = ""
    delivery: str = ""
    broker: str = ""
    duration_s: float = 0.0
    scenarios: dict[str, int] = {}
    broken: list[str] = []


class RuleVerdict(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the scenarios of one rule said when they last ran; ``status`` is the worst of them."""

    file: str
    rule: str
    status: str
    at: float
    passed: int = 0
    asked: int = 0  # scenarios that were not skipped
    why: str = ""  # the first reason for anything but passed


class Verdicts(msgspec.Struct, kw_only=True):
    """The last verdicts over one consumer; those over another are forgotten."""

    consumer: str = ""
    delivery: str = ""
    rules: list[RuleVerdict] = []


def keep(reports: Path, summary: Summary, results: list[ScenarioResult], at: float):
    """Add this run; the last runs, the newest last, and every rule's last verdict.

    Files of an older form, or damaged ones, begin anew.
    """
    runs = [*_runs(reports), _run(summary, at)][-KEPT:]
    (reports / RUNS).write_bytes(msgspec.json.Encoder().encode_lines(runs))
    verdicts = _renewed(_verdicts(reports), summary, results, at)
    (reports / VERDICTS).write_bytes(msgspec.json.encode(verdicts) + b"\n")
    return runs, verdicts


def verdict_of(file: str, rule: str, results: list[ScenarioResult], at: float) -> RuleVerdict:
    """The verdict on one rule by the scenarios of one run."""
    counted = [one for one in results if one.status != "skipped"]
    status = next(name for name in ORDER if any(one.status == name for one in results))
    return RuleVerdict(
        file=file,
        rule=rule,
        status=status,
        at=at,
        passed=sum(one.status == "passed" for one in counted),
        asked=len(counted),
        why=next((one.headline for one in results if one.status == status and one.headline), ""),
    )


def by_rule(results: list[ScenarioResult]) -> dict[tuple[str, str], list[ScenarioResult]]:
    """The scenarios of each rule, by its feature's file and its title, in reading order."""
    found: dict[tuple[str, str], list[ScenarioResult]] = {}
    for one in results:
        found.setdefault((one.file.replace("\\", "/"), one.rule), []).append(one)
    return found


def _run(summary: Summary, at: float) -> Run:
    facts = summary.run
    return Run(
        at=round(at, 1),
        status=summary.status,
        consumer=facts.consumer,
        delivery=facts.delivery,
        broker=facts.broker,
        duration_s=facts.duration_s,
        scenarios=summary.scenarios,
        broken=[one.title for one in summary.promises if one.verdict == "BROKEN"],
    )


def _renewed(before: Verdicts, summary: Summary, results, at: float) -> Verdicts:
    same = (before.consumer, before.delivery) == (summary.run.consumer, summary.run.delivery)
    known = {(one.file, one.rule): one for one in before.rules} if same else {}
    for key, found in by_rule(results).items():
        now = verdict_of(*key, found, at)
        if now.status != "skipped" or key not in known:  # a skip does not undo a verdict
            known[key] = now
    return Verdicts(
        consumer=summary.run.consumer, delivery=summary.run.delivery, rules=list(known.values())
    )


def _runs(reports: Path) -> list[Run]:
    try:
        lines = (reports / RUNS).read_bytes().splitlines()
        return [msgspec.json.decode(line, type=Run) for line in lines]
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return []


def _verdicts(reports: Path) -> Verdicts:
    try:
        return msgspec.json.decode((reports / VERDICTS).read_bytes(), type=Verdicts)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return Verdicts()
