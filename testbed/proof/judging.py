"""What a run of the features says about a consumer: caught, missed, blamed, or let pass."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from testbed.proof.consumers import Honest, Saboteur
from testbed.reporting.record import ScenarioResult

FIGURE = "(a figure)"  # a scenario that failed by a count and not by a promise


class Result(StrEnum):
    """How the proof ended for one consumer; all but the first three turn it red."""

    CAUGHT = "caught"
    BY_ANOTHER = "caught by another"
    PASSED = "passed"
    MISSED = "missed"
    UNRELATED = "blamed for what it did not do"
    FALSE_ALARM = "false alarm"
    NO_VERDICT = "no verdict"


WORSE = (Result.PASSED, Result.NO_VERDICT, Result.FALSE_ALARM)  # of an honest one's parts
GREEN = (Result.CAUGHT, Result.BY_ANOTHER, Result.PASSED)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One consumer of the matrix. ``broken``: promise -> scenarios in which it was broken.

    ``part``: which of all features it met, as ``1/2``; empty where that is all.
    """

    name: str
    group: str
    what: str
    result: Result
    delivery: str
    source: str = ""
    caught_by: tuple[str, ...] = ()
    broken: dict[str, list[str]] = {}
    scenarios: int = 0
    took_s: float = 0.0
    why: str = ""
    part: str = ""

    @property
    def green(self) -> bool:
        """Whether it leaves the proof green."""
        return self.result in GREEN


def judge_saboteur(one: Saboteur, ran: list[ScenarioResult], took_s: float, why: str) -> Row:
    """Caught where each promise that it names broke, and none that its sin cannot break."""
    broken = broken_promises(ran)
    strangers = set(broken) - {*one.caught_by, *one.also, FIGURE}
    if strangers:
        result, why = Result.UNRELATED, f"unforeseen: {', '.join(sorted(strangers))}"
    elif set(one.caught_by) <= broken.keys():
        result = Result.CAUGHT
    elif broken:
        result, why = Result.BY_ANOTHER, f"by {', '.join(broken)}"
    else:
        result = _unbroken(ran, Result.MISSED)
    return Row(
        name=one.name,
        group=one.group,
        what=one.sin,
        result=result,
        delivery=one.delivery,
        source=one.source,
        caught_by=one.caught_by,
        broken=broken,
        scenarios=_executed(ran),
        took_s=took_s,
        why="" if result is Result.CAUGHT else why or _reasons(ran),
    )


def judge_honest(one: Honest, ran: list[ScenarioResult], took_s: float, why: str) -> Row:
    """Passed where scenarios ran and none of them was red."""
    broken = broken_promises(ran)
    result = Result.FALSE_ALARM if broken else _unbroken(ran, Result.PASSED)
    return Row(
        name=one.name,
        group="honest",
        what=one.what,
        result=result,
        delivery=one.delivery,
        broken=broken,
        scenarios=_executed(ran),
        took_s=took_s,
        why="" if result is Result.PASSED else why or _reasons(ran),
    )


def joined(parts: list[Row]) -> Row:
    """One row for an honest consumer that met the features in parts: the worst of them."""
    worst = max(parts, key=lambda row: WORSE.index(row.result))
    broken: dict[str, list[str]] = {}
    for slug, scenarios in (item for row in parts for item in row.broken.items()):
        broken.setdefault(slug, []).extend(scenarios)
    return replace(
        worst,
        part="",
        broken=broken,
        scenarios=sum(row.scenarios for row in parts),
        took_s=round(sum(row.took_s for row in parts), 1),
        why="; ".join(row.why for row in parts if row.why),
    )


def broken_promises(ran: Iterable[ScenarioResult]) -> dict[str, list[str]]:
    """Promise -> scenarios; a red scenario without a broken promise counts as a figure."""
    broken: dict[str, list[str]] = {}
    for scenario in ran:
        slugs = [one.promise for one in scenario.promises if one.verdict == "BROKEN"]
        if scenario.status == "failed" and not slugs:
            slugs = [FIGURE]
        for slug in slugs:
            broken.setdefault(slug, []).append(scenario.scenario)
    return broken


def _unbroken(ran: list[ScenarioResult], fine: Result) -> Result:
    """Nothing broke: that says something only where scenarios ran, and none was in error."""
    in_error = any(one.status == "error" for one in ran)
    return fine if _executed(ran) and not in_error else Result.NO_VERDICT


def _executed(ran: list[ScenarioResult]) -> int:
    return sum(one.status != "skipped" for one in ran)


def _reasons(ran: list[ScenarioResult]) -> str:
    told = [f"{one.scenario}: {one.headline}" for one in ran if one.status in ("failed", "error")]
    return "; ".join(told[:3]) if ran else "no scenario ran"
