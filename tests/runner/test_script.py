"""The script that a newcomer types: thin, and clear before anything is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "scripts/run_kafka_integration_tests.sh"
pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")


@pytest.fixture
def clone(tmp_path):
    """A fresh clone: nothing is installed in it."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "testbed").symlink_to(ROOT / "testbed")
    return tmp_path


def call(clone, *words, path):
    return subprocess.run(
        [shutil.which("bash"), NAME, *words],
        cwd=clone,
        env={"PATH": path, "HOME": str(clone), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def bare_path(clone, *programs):
    """A PATH that has these programs and no other."""
    folder = clone / "bin"
    folder.mkdir()
    for program in programs:
        (folder / Path(program).name).symlink_to(shutil.which(program) or program)
    return str(folder)


def test_help_needs_no_installation(clone):
    """Options and exit codes, at once; no environment is made."""
    done = call(clone, "--tags", "@kafka", "--help", path=os.environ["PATH"])
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: bash {NAME} [OPTIONS]")
    for word in ("--verbose", "--keep-containers", "--broker", "--consumer-command", "--workers"):
        assert word in done.stdout
    assert not (clone / ".venv").exists()


def test_no_python_is_said(clone):
    """What is missing, how to get it, and exit code 3."""
    done = call(clone, path=bare_path(clone, "dirname"))
    assert done.returncode == 3
    assert "[ERROR] Python 3.11 or newer was not found" in done.stderr


def test_an_old_python_is_no_python(clone):
    """A Python that says it is too old is not taken."""
    path = bare_path(clone, "dirname")
    old = Path(path) / "python3"
    old.write_text(f"#!{shutil.which('bash')}\nexit 1\n")
    old.chmod(0o755)
    done = call(clone, path=path)
    assert done.returncode == 3
    assert "Python 3.11 or newer" in done.stderr


def test_packages_that_are_missing_are_named(clone):
    """Whoever calls Python directly is told about the environment."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, sys.argv.pop());"
         "from testbed.__main__ import main; sys.exit(main(['run']))", str(ROOT)],
        cwd=clone, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "[ERROR] The Python package" in done.stderr
    assert ".venv" in done.stderr
