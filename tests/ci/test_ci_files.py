"""Each CI system's file is well formed, runs the suite, and publishes what a run writes."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_groovy

from testbed.runner import behave_line, options, reports

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = {
    ".github/workflows/integration-tests.yml": "github-workflows",
    ".gitlab-ci.yml": "gitlab-ci",
    "azure-pipelines.yml": "azure-pipelines",
}
FILES = (*SCHEMAS, "Jenkinsfile")
RUNNER = re.compile(r"bash (scripts/run_kafka_integration_tests\.sh)([^'\n]*)")
REPORT = re.compile(r"reports(/[\w./*-]*)?")


def schema_check(path: Path, schema: str) -> subprocess.CompletedProcess:
    transform = [] if schema == "github-workflows" else ["--data-transform", schema]
    return subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"),
            *("--regex-variant", "nonunicode", *transform, str(path)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_file_keeps_its_systems_schema(name, tmp_path):
    """Checked offline; a misspelt time limit shows that the check can fail."""
    done = schema_check(ROOT / name, SCHEMAS[name])
    assert done.returncode == 0, done.stdout + done.stderr
    text = (ROOT / name).read_text("utf-8")
    broken = tmp_path / "broken.yml"
    broken.write_text(re.sub(r"(?m)^( +)timeout[\w-]*:.*$", r"\1timeout_: [x]", text))
    assert broken.read_text() != text
    assert schema_check(broken, SCHEMAS[name]).returncode == 1


def groovy_error(text: bytes) -> bool:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))
    return parser.parse(text).root_node.has_error


def test_the_jenkinsfile_is_groovy():
    """By its grammar; no Jenkins runs here."""
    text = (ROOT / "Jenkinsfile").read_bytes()
    assert not groovy_error(text)
    assert groovy_error(text.replace(b"}", b"", 1))


@pytest.mark.parametrize("name", FILES)
def test_the_file_runs_the_suite_with_options_that_there_are(name):
    """The runner takes its own words, and behave the rest."""
    [(script, words)] = RUNNER.findall((ROOT / name).read_text("utf-8"))
    assert (ROOT / script).is_file()
    asked = options.parse(shlex.split(words))
    assert asked.workers > 1
    assert behave_line.read(asked.behave_args).only_tells is False


@pytest.mark.parametrize("name", FILES)
def test_the_file_publishes_what_a_run_writes(name):
    """Whole folder and JUnit file, and no path that the runner does not know."""
    text = (ROOT / name).read_text("utf-8")
    paths = {match[0].rstrip("/*") for match in REPORT.finditer(text) if match[1]}
    whole = re.search(
        r"(path: reports/$|- reports/$|targetPath: reports$|'reports/\*\*/\*')", text, re.M
    )
    assert whole
    known = {f"reports/{each}" for each in (*reports.OF_A_RUN, *reports.KEPT)} | {"reports"}
    assert {"/".join(path.split("/")[:2]) for path in paths} <= known
    if name != ".github/workflows/integration-tests.yml":  # GitHub shows no JUnit by itself
        assert "reports/test-results.xml" in paths


@pytest.mark.parametrize("name", FILES)
def test_the_file_names_only_files_that_there_are(name):
    """Scripts, locks and lists whose digests key a cache."""
    text = (ROOT / name).read_text("utf-8")
    named = set(re.findall(r"\b(?:scripts|testbed)/[\w./-]+\.\w+|\brequirements\.txt", text))
    assert {"scripts/setup_venv.py"} <= named
    assert [each for each in named if not (ROOT / each).is_file()] == []
