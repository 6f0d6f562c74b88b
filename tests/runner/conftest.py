"""A small project of its own for the runner: three features, no Kafka."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from testbed.wait import until

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "behave.ini": """
[behave]
paths = features
format = testbed.reporting.progress:ProgressFormatter
outfiles = -
""",
    "environment.py": """
import json, os, sys, time
from pathlib import Path
from testbed.reporting import record, scenarios

REPORTS = Path("reports")

def before_all(context):
    path = Path(os.environ["TESTBED_HANDOVER"])
    while not path.exists():
        time.sleep(0.01)
    told = json.loads(path.read_text())
    if "error" in told:
        sys.exit(told["exit_code"])

def after_scenario(context, scenario):
    own = record.own_folder(REPORTS) / "history"
    own.mkdir(parents=True, exist_ok=True)
    (own / f"{scenario.name}.jsonl").open("a").write("once ")
    record.append(REPORTS, record.ScenarioResult(
        feature=scenario.feature.name, file=str(scenario.filename), scenario=scenario.name,
        line=scenario.line, status=scenarios.status_of(scenario),
        reason=scenarios.reason_of(scenario), duration_s=scenario.duration))

def after_all(context):
    (REPORTS / "after_all").touch()
""",
    "steps/steps.py": """
import os, signal, subprocess, sys, time
from pathlib import Path
from behave import given
from testbed.errors import BenchError

@given("it holds")
def holds(context):
    print("a word of the step")

@given("it breaks")
def breaks(context):
    raise AssertionError("Expected 1 prediction, got 2 - customer C-0042")

@given("the bench is in trouble")
def trouble(context):
    raise BenchError("The broker went away")

@given("it does not apply")
def skips(context):
    context.scenario.skip("the broker cannot be killed")

@given("behave is killed")
def killed(context):
    os.kill(os.getpid(), signal.SIGKILL)

@given("it hangs")
def hangs(context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"],
                             start_new_session=True)
    (Path("reports") / "hanging").write_text(f"{os.getpid()} {child.pid}")
    time.sleep(300)
""",
    "features/good.feature": """Feature: Good
  Scenario: holds
    Given it holds
  Rule: A promise
    Scenario: holds too
      Given it holds
""",
    "features/bad.feature": """@bad
Feature: Bad
  Scenario: breaks
    Given it breaks
""",
    "features/odd.feature": """@odd
Feature: Odd
  @trouble
  Scenario: trouble
    Given the bench is in trouble
  @skips
  Scenario: skips
    Given it does not apply
  @killed
  Scenario: killed
    Given behave is killed
  @hangs
  Scenario: hangs
    Given it hangs
""",
}


class Project:
    """The small project, and the runner over it."""

    def __init__(self, folder: Path):
        self.folder, self.reports = folder, folder / "reports"
        self._started: list[subprocess.Popen] = []
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def start(self, *words: str, trouble: str = "none", silence_s: float = 30) -> subprocess.Popen:
        """The runner, on its way; with one worker, so that its output has one order."""
        workers = [] if any(word.startswith("--workers") for word in words) else ["--workers", "1"]
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        drive = [sys.executable, str(ROOT / "tests/runner/drive.py")]
        process = subprocess.Popen(
            [*drive, trouble, str(silence_s), *workers, *words],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def close(self) -> None:
        """End what a failed test left."""
        for process in self._started:
            process.kill()
            process.wait()
            process.stdout.close()

    def run(self, *words: str, **options) -> tuple[int, str]:
        """The runner to its end: exit code and output."""
        process = self.start(*words, **options)
        output, _ = process.communicate(timeout=60)
        return process.returncode, output

    @property
    def broker_marks(self) -> list[str]:
        """What became of the fake broker."""
        path = self.reports / "broker-marks"
        return path.read_text().splitlines() if path.exists() else []

    def hanging(self) -> list[int]:
        """The pids of broker, behave and its own child, once a step hangs."""
        path = self.reports / "hanging"
        words = until(
            lambda: path.exists() and path.read_text().split(), within_s=30, what="a hanging step"
        )
        return [self.broker_pid, *map(int, words)]

    @property
    def broker_pid(self) -> int:
        """The fake broker's process."""
        return int(self.broker_marks[0].split()[1])

    @property
    def log(self) -> str:
        """The run's log."""
        path = self.reports / "kafka_integration.log"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def project(tmp_path):
    """A fresh small project."""
    made = Project(tmp_path)
    yield made
    made.close()


@pytest.fixture
def dead():
    """Whether a process is gone; one that waits to be reaped is."""

    def gone(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return gone
