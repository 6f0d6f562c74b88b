"""``python -m testbed merge SHARD... --into REPORTS``: one report for a run of several."""

import argparse
import shutil
import sys
from pathlib import Path

import msgspec
from junitparser import JUnitXml, TestSuite
from msgspec.structs import replace

from testbed.errors import BenchError, UsageError
from testbed.limits import Limits
from testbed.reporting import record, summary
from testbed.reporting.publish import publish
from testbed.reporting.record import ScenarioResult
from testbed.reporting.summary import RunFacts, Summary
from testbed.runner import sharing
from testbed.runner.reports import begin

COPIED = ("results", "allure-results", "history", "trace")
LOOSE = ("consumer-*.log", "kafka.log", "spare-kafka.log", "guarded-kafka.log", "redpanda.log")
SAME = ("consumer", "delivery", "dead_letter", "oracle", "seed")  # else it was not one run


def main(words: list[str]) -> int:
    """Join; 0 where all passed, 1 where a promise broke, 4 where the bench was in trouble."""
    parser = argparse.ArgumentParser(
        prog="python -m testbed merge",
        description="Join the reports folders of the shards of a run into one.",
    )
    parser.add_argument("shards", nargs="+", type=Path, metavar="SHARD")
    parser.add_argument("--into", type=Path, default=Path("reports"), metavar="REPORTS")
    parser.add_argument(
        "--record-durations",
        action="store_true",
        help=f"keep how long each scenario took in {sharing.DURATIONS.name}, for the next shards",
    )
    asked = parser.parse_args(words)
    told = join(asked.shards, asked.into)
    if asked.record_durations:
        sharing.record(_durations(record.read_all(asked.into)))
    sys.stdout.write(summary.as_text(told) + "\n")
    return {"PASSED": 0, "FAILED": 1}.get(told.status, BenchError.exit_code)


def join(shards: list[Path], into: Path) -> Summary:
    """Build the reports of all in ``into``; raises ``UsageError`` where they are not one run's."""
    facts = _agreed([(shard, _told(shard).run) for shard in shards])
    if into.resolve() in [shard.resolve() for shard in shards]:
        raise UsageError("Argument --into: expected a folder of its own", f"got the shard {into}")
    begin(into)
    for number, shard in enumerate(shards, 1):
        _copy(shard, into, number)
    results = record.read_all(into)
    _junit([shard / "test-results.xml" for shard in shards], into / "test-results.xml")
    return publish(into, results, facts, Limits(), lambda line: sys.stdout.write(f"{line}\n"))[0]


def _durations(results: list[ScenarioResult]) -> dict[str, dict[str, float]]:
    seconds: dict[str, dict[str, float]] = {}
    for one in results:
        if one.status == "passed":
            seconds.setdefault(Path(one.file).stem, {})[one.scenario] = one.duration_s
    return seconds


def _told(shard: Path) -> Summary:
    try:
        return msgspec.json.decode((shard / "summary.json").read_bytes(), type=Summary)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(
            f"Expected the reports of a shard in {shard}",
            f"its summary.json says: {error}",
            "Name the reports folders that the runs with --shard left",
        ) from error


def _agreed(facts: list[tuple[Path, RunFacts]]) -> RunFacts:
    first, run = facts[0]
    for shard, other in facts[1:]:
        for name in SAME:
            if getattr(run, name) != getattr(other, name):
                raise UsageError(
                    f"Expected shards of one run: {name} is {getattr(run, name)!r} in {first}",
                    f"got {getattr(other, name)!r} in {shard}",
                )
    return replace(
        run,
        duration_s=max(one.duration_s for _, one in facts),
        bench_error="; ".join(one.bench_error for _, one in facts if one.bench_error),
        interrupted=any(one.interrupted for _, one in facts),
    )


def _copy(shard: Path, into: Path, number: int) -> None:
    """Processes of two machines may have the same id, so each file says whose it is."""
    for name in COPIED:
        for path in sorted((shard / name).rglob("*")):
            if path.is_file():
                own = f"{number}-{path.name}" if name in ("results", "trace") else path.name
                _put(path, into / path.relative_to(shard).with_name(own))
    for pattern in LOOSE:
        for path in shard.glob(pattern):
            broker = not path.name.startswith("consumer-")
            _put(path, into / (f"{path.stem}-{number}.log" if broker else path.name))


def _put(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)


def _junit(parts: list[Path], target: Path) -> None:
    report = JUnitXml("Kafka integration tests")
    suites = [
        one for path in parts for one in JUnitXml.fromfile(str(path)) if isinstance(one, TestSuite)
    ]
    for suite in sorted(suites, key=_rank):
        report.add_testsuite(suite)
    report.update_statistics()
    report.write(str(target), pretty=True)


def _rank(suite: TestSuite) -> tuple:
    names = [case.classname or "" for case in suite]
    return record.feature_rank(names[0].rpartition(".")[2] if names else "")
