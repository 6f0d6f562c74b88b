"""The reports folder of a run over all features, with evidence of every kind, without a broker.

What a run leaves is made from the twins of the checker's tests: histories in which each promise
holds, and others in which it breaks. Results are written by Allure's own writer.
"""

from itertools import cycle
from pathlib import Path

import allure_commons
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Label, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.reporter import AllureReporter
from allure_commons.types import LabelType
from allure_commons.utils import now, uuid4

from testbed.checker import judge
from testbed.checker.verdict import Verdict
from testbed.history import History
from testbed.reporting import evidence, outline, record
from testbed.reporting.gathered import full_name
from testbed.reporting.record import PromiseResult, ScenarioResult
from testbed.reporting.summary import RunFacts
from testbed.reporting.text import story
from testbed.saved import save
from tests.checker.twins.every import ALL

GOOD = [twin for twin in ALL if not twin.broken]
BAD = [twin for twin in ALL if twin.broken]
EVERY = 9  # scenario breaks in a broken run
SKIPPED = "the consumer declares no metrics"
FACTS = RunFacts(
    broker="Apache Kafka of the test", why_broker="asked for", consumer="their-scorer --fast",
    delivery="at-least-once", dead_letter="json", duration_s=64.0,
)  # fmt: skip
STATUS = {"passed": Status.PASSED, "failed": Status.FAILED, "skipped": Status.SKIPPED}


def make(reports: Path, *, broken: bool) -> list[ScenarioResult]:
    """Write histories, logs, results and records of every scenario; the records."""
    record.start_run(reports)
    good, bad, results = cycle(GOOD), cycle(BAD), []
    place = 0
    writer = _Writer(reports / "allure-results")
    # A worker begins with the longest features: their order is not that of reading.
    for feature in reversed(outline.capabilities()):
        for rule in feature.rules:
            for one in rule.situations:
                place += 1
                breaks = broken and place % EVERY == 4
                twin = None if "metrics" in feature.tags else next(bad if breaks else good)
                history = twin.make() if twin else None
                result = _result(reports, feature, rule, one, history)
                writer.write(result, one, history, reports)
                record.append(reports, result)
                results.append(result)
    writer.close()
    return record.read_all(reports)


def _result(reports: Path, feature, rule, one, history: History | None) -> ScenarioResult:
    named = {"feature": feature.title, "file": feature.file, "rule": rule.title,
             "scenario": one.name, "line": one.line}  # fmt: skip
    if history is None:
        return ScenarioResult(**named, status="skipped", reason=SKIPPED)
    file = reports / "history" / f"{feature.slug}-{one.line}.jsonl"
    save(history, file)
    (reports / f"consumer-{file.stem}-0.log").write_text("level=info started\n" * 60)
    promises, told = [], []
    for finding in judge(history).findings:
        broke = finding.verdict is Verdict.BROKEN
        told += [story(finding, history, str(file))] if broke else []
        promises.append(PromiseResult(
            promise=finding.promise, title=finding.title, verdict=finding.verdict.name,
            examined=finding.examined, reason=told[-1] if broke else finding.reason,
            applies=not finding.not_applicable))  # fmt: skip
    return ScenarioResult(
        **named,
        status="failed" if told else "passed",
        duration_s=1.5,
        reason="\n\n".join(told),
        promises=promises,
        history=str(file),
    )


class _Writer:
    """Allure's own reporter, with one result a scenario."""

    def __init__(self, folder: Path):
        self._files = AllureFileLogger(str(folder))
        self._reporter = AllureReporter()
        allure_commons.plugin_manager.register(self._files)

    def close(self) -> None:
        allure_commons.plugin_manager.unregister(self._files)

    def write(self, result: ScenarioResult, one: outline.Situation, history, reports) -> None:
        uuid, name = uuid4(), full_name(result)
        test = TestResult(uuid=uuid, name=result.scenario, fullName=name, historyId=name,
                          testCaseId=name, start=now())  # fmt: skip
        test.labels = [
            Label(LabelType.FEATURE, result.feature),
            Label(LabelType.STORY, result.rule),
        ]
        self._reporter.schedule_test(uuid, test)
        test.status = STATUS[result.status]
        test.statusDetails = StatusDetails(message=result.reason) if result.reason else None
        for step in one.steps:
            self._step(f"{step.keyword} {step.words}", uuid)
        for piece in self._pieces(result, history, reports):
            self._reporter.attach_data(uuid4(), piece.body, name=piece.name,
                                       attachment_type=piece.mime_type,
                                       extension=piece.extension, parent_uuid=uuid)  # fmt: skip
        test.stop = now()
        self._reporter.close_test(uuid)

    def _step(self, name: str, parent: str) -> None:
        uuid = uuid4()
        step = TestStepResult(name=name, status=Status.PASSED, start=now(), stop=now())
        self._reporter.start_step(parent, uuid, step)
        self._reporter.stop_step(uuid)

    @staticmethod
    def _pieces(result: ScenarioResult, history: History | None, reports: Path):
        if history is None:
            return []
        logs = evidence.Logs(0.0, None, str) if result.status == "failed" else None
        judgement = judge(history)
        return evidence.pieces(
            history, judgement.findings, Path(result.history), judgement.tally, logs
        )
