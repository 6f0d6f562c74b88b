"""The page for newcomers does what it says: its consumer, its commands, its scenario."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from testbed import command

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "adopting.md").read_text("utf-8")
LANGUAGES = re.findall(r'^\| (Java|Go|Node|Python) \| `"([^`]+)"` \|$', PAGE, re.MULTILINE)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """A run as started from ``folder``, with the consumer of the page in it."""
    own = f"{sys.executable} " + dict(LANGUAGES)["Python"].partition(" ")[2]
    return subprocess.run(
        [
            *(sys.executable, "-m", "testbed", "run", "--broker", "kafka"),
            *("--consumer-command", own, "-D", f"reports={folder}/reports"),
            *("-D", "consumer.oracle=off", "-D", "consumer.session_timeout_s=6", *words),
        ],
        cwd=ROOT,
        env=os.environ | {command.STARTED_IN: str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_consumer_of_the_page_passes_and_fails_as_it_says(tmp_path):
    """Fifty events pass at once, and the feature of dead letters finds what is wrong."""
    [code] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "my_consumer.py").write_text(code, "utf-8")
    first, second = "features/end_to_end_flow.feature:9", "features/dead_letter_queue.feature:9"
    done = run(tmp_path, first, second)
    assert first in PAGE
    assert re.search(rf"{first} .* PASSED", done.stdout), done.stdout + done.stderr
    assert re.search(rf"{second} .* FAILED", done.stdout), done.stdout + done.stderr
    assert done.returncode == 1


def test_the_commands_for_each_language_are_templates():
    """Every placeholder is known, and each names what a consumer needs."""
    assert [language for language, _ in LANGUAGES] == ["Java", "Go", "Node", "Python"]
    for language, template in LANGUAGES:
        words = command.split(template)
        assert len(words) > 2, language


def test_the_scenario_of_the_page_has_steps_that_there_are(tmp_path):
    """Behave finds a step for each line."""
    [scenario] = re.findall(r"^```gherkin\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for name in ("steps", "environment.py", "testbed"):
        (tmp_path / name).symlink_to(ROOT / name)
    feature = tmp_path / "own.feature"
    for text, undefined in ((scenario, False), (scenario.replace("customers publish", "x"), True)):
        feature.write_text(f"Feature: own\n  Rule: one\n{text}", "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "behave", "--dry-run", "--no-color", str(feature)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ("undefined" in done.stdout + done.stderr) is undefined, done.stdout + done.stderr
