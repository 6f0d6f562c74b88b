"""A process ends when it has said its last word, with its own exit code."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# A thread that nobody ends, as a Kafka client may leave one: the interpreter would wait for it.
HELD_UP = """
import atexit, threading
atexit.register(print, "registered")
threading.Thread(target=threading.Event().wait).start()
print("the last word")
"""
FEATURE = "Feature: F\n  Scenario: S\n    Given {}\n"
ENVIRONMENT = """
import threading
from testbed.leaving import leave_with_behave
def after_all(context):
    threading.Thread(target=threading.Event().wait).start()
    leave_with_behave()
"""
SCRIPT = """
import sys
sys.path.pop(0)
from behave.__main__ import main
sys.exit(main())
"""
STEPS = """
from behave import given
@given("it holds")
def holds(context): pass
@given("it breaks")
def breaks(context): raise AssertionError("broken")
"""


def run(*words, cwd=ROOT):
    command = [sys.executable, *words]
    env = {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=cwd, env=env, timeout=10, check=False, capture_output=True, text=True
    )


def test_nothing_holds_it_up_and_nothing_is_cut_off():
    """Not even a thread that never ends; what was registered for the end is done."""
    done = run("-c", f"{HELD_UP}\nfrom testbed.leaving import leave\nleave(7)")
    assert (done.returncode, done.stdout) == (7, "the last word\nregistered\n")


@pytest.fixture
def project(tmp_path):
    """A project of one scenario per step, whose hooks leave a thread behind."""
    (tmp_path / "steps").mkdir()
    (tmp_path / "features").mkdir()
    (tmp_path / "environment.py").write_text(ENVIRONMENT)
    (tmp_path / "steps/steps.py").write_text(STEPS)
    (tmp_path / "behave.py").write_text(SCRIPT)  # as pip installs it
    for name in ("it holds", "it breaks"):
        (tmp_path / f"features/{name.split()[-1]}.feature").write_text(FEATURE.format(name))
    return tmp_path


@pytest.mark.parametrize("how", [("-m", "behave"), ("behave.py",)], ids=["module", "script"])
@pytest.mark.parametrize(("feature", "code"), [("holds", 0), ("breaks", 1)])
def test_plain_behave_ends_with_its_own_code(project, how, feature, code):
    """And with its summary and its JUnit files whole."""
    junit = ("--junit", "--junit-directory", "xml")
    done = run(*how, *junit, f"features/{feature}.feature", cwd=project)
    assert done.returncode == code
    assert "Took " in done.stdout
    assert list((project / "xml").glob("*.xml"))


def test_another_program_keeps_its_own_end():
    """A tool that has behave inside it may have more to do."""
    code = "import sys; from testbed.leaving import leave_with_behave; leave_with_behave()\n"
    done = run("-c", f"{code}main = lambda: 0; main(); print(sys.getprofile())")
    assert done.stdout == "None\n"
