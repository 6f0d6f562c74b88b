"""What behave's hooks do: one bench per run, one world per scenario, one record of each."""

import os
import time
from dataclasses import replace
from pathlib import Path

from behave.model_type import Status

from testbed import tracing
from testbed.ahead import Ahead
from testbed.applies import BREAKS_BROKER, CLUSTER, GUARDED, skip_what_does_not_apply
from testbed.bench import HANDOVER, Bench
from testbed.checker.verdict import Finding
from testbed.errors import BenchError
from testbed.options import from_userdata
from testbed.reporting import evidence, formatters, record
from testbed.reporting.scenarios import deselected, result_of, status_of
from testbed.scenario_clock import ScenarioClock
from testbed.world import World


class Session:
    """The hooks' side of a run; ``environment.py`` only forwards to it.

    ``reports`` is the run's folder, which all its processes share.
    """

    def __init__(self, bench: Bench, reports: Path):
        self.bench, self._reports = bench, reports
        self._clock = ScenarioClock(bench.options.limits.scenario_s)
        self._ahead = Ahead(self._world)
        self._recorded: set[int] = set()
        self._begun = self._step_begun = 0.0

    @classmethod
    def open(cls, userdata) -> "Session":
        """Read the options and open the bench; raises ``BenchError`` with all cleaned up."""
        options = from_userdata(dict(userdata))
        reports = options.reports
        own = replace(options, reports=record.own_folder(reports))
        tracing.record_to(own.reports / tracing.FOLDER / f"{os.getpid()}.jsonl")
        given = os.environ.get(HANDOVER, "")
        session = cls(Bench(own, handover=given), reports)
        if not given:  # else the runner has done so
            record.start_run(reports)
        return session

    @staticmethod
    def exit_code(error: BenchError) -> int:
        """The runner tells its codes apart; behave alone knows 0 and 1."""
        return error.exit_code if HANDOVER in os.environ else 1

    def prepare(self, runner) -> None:
        """Have behave write Allure results and a line per scenario, in the reader's order."""
        formatters.add_to(runner, str(self._reports / "allure-results"))
        runner.features.sort(key=lambda feature: record.feature_rank(str(feature.filename)))

    def begin_feature(self, context, feature) -> None:
        """Skip what does not apply, and plan the rest."""
        skip_what_does_not_apply(feature, self.bench)
        self._ahead.plan(feature, context.config)

    def begin(self, scenario) -> World:
        """A world for the scenario that begins."""
        self._begun = time.time()
        self._clock.begin()
        with tracing.span("prepare", "the scenario's world"):
            return self._ahead.take(scenario)

    def begin_step(self) -> None:
        """Let the scenario's time run."""
        self._step_begun = time.time()
        self._clock.run()

    def end_step(self, context, step) -> None:
        """Weigh how it ended, and stop the scenario's time."""
        try:
            self.weigh(context, step)
        finally:
            self._clock.hold()
            tracing.note("step", step.name, self._step_begun)

    def _world(self, scenario) -> World:
        place = f"{scenario.filename}:{scenario.line}"
        bench = self._bench_for(scenario.effective_tags)
        return World(bench, str(scenario.feature.filename), scenario.name, place)

    def _bench_for(self, tags) -> Bench:
        if CLUSTER in tags:
            return self.bench.clustered()
        if GUARDED in tags:
            return self.bench.guarded()
        breaks = BREAKS_BROKER in tags
        return self.bench.spare() if breaks and self.bench.can_spare else self.bench

    def weigh(self, context, step) -> None:
        """Turn a step's error into a failure where the scenario up to it broke a promise.

        A consumer that dies or hangs in the middle of a step would else pass for trouble of
        the bench.
        """
        if step.status is not Status.error or not isinstance(step.exception, BenchError):
            return
        try:
            context.world.require_none_broken_yet()
        except AssertionError as broken:
            step.status = Status.failed
            step.exception = AssertionError(f"{broken}\n\nIts step ended: {step.exception}")
        except BenchError:
            return  # the trouble that brought us here is the one to be told

    def end(self, context, scenario) -> None:
        """Close the scenario's world and write its result, whatever became of it."""
        world: World = getattr(context, "world", None)
        if world is None:
            return
        history = None
        try:
            with tracing.span("close", "the scenario"):
                history = world.close()
            with tracing.span("evidence", "for the report"):
                evidence.attach(context, world, passed=status_of(scenario) == "passed")
        finally:
            self._record(
                scenario,
                promises=[_promise(finding, world.story(finding)) for finding in world.findings()],
                figures=world.figures(),
                history=str(history or ""),
            )
            tracing.note("scenario", f"{world.place}  {scenario.name}", self._begun)

    def end_feature(self, context, feature) -> None:
        """Record what behave skipped or never reached: it calls no scenario hooks for those."""
        for scenario in feature.walk_scenarios():
            if id(scenario) not in self._recorded and not deselected(scenario, context.config):
                self._record(scenario)

    def _record(self, scenario, **more) -> None:
        self._recorded.add(id(scenario))
        record.append(self._reports, result_of(scenario, **more))

    def close(self) -> None:
        """Close the bench, and what was prepared on it."""
        self._ahead.close()
        self.bench.close()


def _promise(finding: Finding, story: str) -> record.PromiseResult:
    return record.PromiseResult(
        promise=finding.promise,
        title=finding.title,
        verdict=finding.verdict.name,
        examined=finding.examined,
        reason=finding.not_applicable or finding.reason or story,
        applies=not finding.not_applicable,
    )
