"""However a run ends, its broker, its behave and what they started are gone."""

import json
import os
import signal
import time

import pytest

from testbed.wait import until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the tests send POSIX signals")
GOOD = ("features/good.feature",)


def test_behave_that_is_killed_is_four(project):
    """The message says how behave ended, and what ran before is kept."""
    code, output = project.run("--tags", "@killed")
    assert code == 4
    assert "behave ended early, by signal 9" in output


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interrupt_stops_in_order(project, dead, number, code):
    """Within ten seconds: behave's hooks ran, the broker was stopped, the code tells the signal."""
    process = project.start("--tags", "@hangs")
    pids = project.hanging()
    began = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    assert time.monotonic() - began < 10
    assert process.returncode == code
    assert f"[ERROR] Interrupted ({number.name})" in output
    assert (project.reports / "after_all").exists()
    assert project.broker_marks[1:] == ["stopped"]
    assert all(map(dead, pids))


def at_step(project, trouble: str, step: str):
    """The runner in this step, where something takes for ever; and what runs besides."""
    process = project.start(*GOOD, trouble=trouble)
    page = project.reports / "page"
    until(
        lambda: step in project.log and project.broker_marks and (trouble != "report" or
                (page.exists() and page.read_text())),
        within_s=30, what=step, describe=lambda: project.log,
    )  # fmt: skip
    pids = [project.broker_pid] + ([int(page.read_text())] if page.exists() else [])
    return process, pids


STEPS = pytest.mark.parametrize(
    ("trouble", "step"),
    [("slow", "STEP 1"), ("unready", "STEP 2"), ("report", "good.feature:5")],
    ids=["starting", "waiting", "reporting"],
)


@STEPS
def test_an_interrupt_at_any_step(project, dead, trouble, step):
    """One line says so, the code is an interrupt's, the logs stay and nothing else does."""
    process, pids = at_step(project, trouble, step)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert output.count("[ERROR]") == 1
    assert "[ERROR] Interrupted (SIGINT); what was started is stopped" in output
    assert "[INFO] Logs: reports/" in output
    assert (project.reports / "kafka.log").exists()
    assert all(map(dead, pids))
    assert os.listdir(project.folder / "tmp") == []


@STEPS
def test_kill_nine_at_any_step(project, dead, trouble, step):
    """The broker that nobody knows yet goes too, and so does what makes the report."""
    process, pids = at_step(project, trouble, step)
    process.kill()
    process.wait()
    until(lambda: all(map(dead, pids)), within_s=10, what="all processes to be gone")
    until(lambda: not os.listdir(project.folder / "tmp"), within_s=5, what="the folders to be gone")
    assert step in project.log


def test_a_second_interrupt_stops_at_once(project, dead):
    """The guardian does then what the run could not."""
    process = project.start("--tags", "@hangs")
    pids = project.hanging()
    os.kill(pids[1], signal.SIGSTOP)  # behave cannot answer: the first one takes its time
    process.send_signal(signal.SIGINT)
    until(lambda: "asking behave to stop" in project.log, within_s=10, what="the first to act")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=5)
    assert time.monotonic() - began < 1
    assert process.returncode == 130
    until(lambda: all(map(dead, pids)), within_s=10, what="everything to be gone")


def test_kill_nine_leaves_nothing(project, dead):
    """The runner is shot: broker, behave and its child are gone within ten seconds."""
    process = project.start("--tags", "@hangs")
    pids = project.hanging()
    process.kill()
    process.wait()
    until(lambda: all(map(dead, pids)), within_s=10, what="everything to be gone")
    until(lambda: not os.listdir(project.folder / "tmp"), within_s=5, what="the folders to be gone")


def test_a_silent_behave_is_given_up(project, dead):
    """A step that hangs past every limit ends the run with a message that names it."""
    limit = ("-D", "timeout.scenario_s=0.1")
    code, output = project.run("--tags", "@hangs", *limit, silence_s=0.5)
    assert code == 4
    assert "Expected a sign of life from behave" in output
    assert "features/odd.feature:13  hangs" in output
    assert all(map(dead, project.hanging()))


def test_an_interrupted_run_has_its_reports_too(project):
    """What ran before is not lost."""
    process = project.start(*GOOD, "features/odd.feature", "--tags", "not @trouble and not @killed")
    project.hanging()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    told = json.loads((project.reports / "summary.json").read_text())
    assert told["status"] == "INTERRUPTED"
    assert told["scenarios"]["passed"] == 2
