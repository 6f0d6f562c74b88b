"""What behave's hooks do: one bench per run, one world per scenario, one record of each."""

import os
import traceback

from testbed.bench import HANDOVER, Bench
from testbed.checker.verdict import Finding
from testbed.errors import BenchError
from testbed.options import from_userdata
from testbed.reporting import evidence, formatters, record
from testbed.world import World


class Session:
    """The hooks' side of a run; ``environment.py`` only forwards to it."""

    def __init__(self, bench: Bench):
        self.bench = bench

    @classmethod
    def open(cls, userdata) -> "Session":
        """Read the options and open the bench; raises ``BenchError`` with all cleaned up."""
        return cls(Bench(from_userdata(dict(userdata))))

    @staticmethod
    def exit_code(error: BenchError) -> int:
        """The runner tells its codes apart; behave alone knows 0 and 1."""
        return error.exit_code if HANDOVER in os.environ else 1

    def add_formatters(self, runner) -> None:
        """Have behave write Allure results, and a line per scenario."""
        formatters.add_to(runner, str(self.bench.options.reports / "allure-results"))

    def begin(self, scenario) -> World:
        """A world for the scenario that begins."""
        place = f"{scenario.filename}:{scenario.line}"
        return World(self.bench, str(scenario.feature.filename), scenario.name, place)

    def end(self, context, scenario) -> None:
        """Close the scenario's world and write its result, whatever became of it."""
        world: World = getattr(context, "world", None)
        if world is None:
            return
        history = None
        try:
            history = world.close()
            evidence.attach(context, world)
        finally:
            record.append(self.bench.options.reports, _result(scenario, world, history))

    def close(self) -> None:
        """Close the bench."""
        self.bench.close()


def _result(scenario, world: World, history) -> record.ScenarioResult:
    return record.ScenarioResult(
        feature=scenario.feature.name,
        file=str(scenario.feature.filename),
        rule=getattr(scenario.parent, "name", "")
        if scenario.parent is not scenario.feature
        else "",
        scenario=scenario.name,
        line=scenario.line,
        tags=[str(tag) for tag in scenario.effective_tags],
        status=_status(scenario),
        duration_s=round(scenario.duration, 3),
        reason=_reason(scenario),
        promises=[_promise(finding) for finding in world.findings()],
        figures=world.figures(),
        history=str(history or ""),
    )


def _status(scenario) -> str:
    name = scenario.status.name
    return name if name in ("passed", "failed", "skipped") else "error"


def _reason(scenario) -> str:
    for step in scenario.all_steps:
        if step.status.has_failed():
            error = step.exception
            text = "".join(traceback.format_exception_only(error)) if error else step.error_message
            return str(error or text or "").strip()
    return scenario.skip_reason or ""


def _promise(finding: Finding) -> dict:
    return {
        "promise": finding.promise,
        "title": finding.title,
        "verdict": finding.verdict.name,
        "examined": finding.examined,
        "reason": finding.not_applicable or finding.reason,
        "applies": not finding.not_applicable,
    }
