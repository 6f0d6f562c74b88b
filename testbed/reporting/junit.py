"""One JUnit file of a run: totals that add up, failures apart from errors, skips with reasons."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, JUnitXmlError, Skipped, TestCase, TestSuite

from testbed.reporting.record import ScenarioResult
from testbed.reporting.text import harmless


def merge(folder: Path, target: Path, results: Iterable[ScenarioResult]) -> Path:
    """Write ``target`` from what the scenarios recorded, with the steps that behave told.

    ``folder`` is searched for behave's own files, however deep. The records rule: behave's
    files know neither rules nor reasons, count what nobody asked for as skipped, and are
    missing for a feature that was broken off.
    """
    told = _Told(folder)
    report = JUnitXml("Kafka integration tests")
    for feature, group in groupby(results, key=lambda one: (one.file, one.feature)):
        report.add_testsuite(_suite(feature[1], list(group), told))
    report.update_statistics()
    target.parent.mkdir(parents=True, exist_ok=True)
    report.write(str(target), pretty=True)
    return target


def _suite(name: str, results: list[ScenarioResult], told: "_Told") -> TestSuite:
    suite = TestSuite(harmless(name))
    for result in results:
        suite.add_testcase(_case(result, told.steps_of(result)))
    suite.update_statistics()
    return suite


def _case(result: ScenarioResult, steps: str) -> TestCase:
    parts = [result.rule, result.scenario] if result.rule else [result.scenario]
    case = TestCase(
        harmless(" › ".join(parts)),
        classname=_dotted(result.file),
        time=result.duration_s,
    )
    case._elem.set("file", result.file)
    case._elem.set("line", str(result.line))
    kinds = {"failed": (Failure, "promise"), "error": (Error, "bench"), "skipped": (Skipped, None)}
    if result.status in kinds:
        kind, type_ = kinds[result.status]
        why = kind(harmless(result.headline) or result.status, type_)
        why.text = None if kind is Skipped else harmless(result.reason)
        case.result = [why]
    if steps:
        case.system_out = harmless(steps)
    return case


def _dotted(file: str) -> str:
    return file.replace("\\", "/").removesuffix(".feature").strip("./").replace("/", ".")


class _Told:
    """What behave wrote about each scenario: its steps with their times, and its output."""

    def __init__(self, folder: Path):
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        for case in _cases(folder):
            entry = (case.classname or "", case.system_out or "")
            self._by_name.setdefault(case.name or "", []).append(entry)

    def steps_of(self, result: ScenarioResult) -> str:
        """The next text told for a scenario of this name in this feature, or nothing."""
        entries = self._by_name.get(result.scenario, [])
        wanted = f"{Path(result.file.replace(chr(92), '/')).stem}.{result.feature}"
        for entry in entries:
            if entry[0].endswith(wanted):
                entries.remove(entry)
                return entry[1]
        return ""


def _cases(folder: Path) -> Iterator[TestCase]:
    for path in sorted(folder.rglob("*.xml")):
        try:
            tree = JUnitXml.fromfile(str(path))
        except (JUnitXmlError, SyntaxError, OSError):
            continue  # half written by a worker that was killed: the records have its scenarios
        for part in tree:
            yield from part if isinstance(part, TestSuite) else [part]
