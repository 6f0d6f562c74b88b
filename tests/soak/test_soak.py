"""Many runs: what their failures say, what is kept of them, and who else wants the processor."""

import subprocess
import sys
from subprocess import CompletedProcess

import psutil
import pytest

from testbed.errors import UsageError
from testbed.soak import cli, pressure
from testbed.soak.bound import highest_rate
from testbed.wait import until


@pytest.mark.parametrize(
    ("failed", "runs", "rate"),
    # From the binomial distribution by hand: (1 - 0.0099)^300 = 0.05; 1 - 0.05^(1/20) = 0.139.
    [(0, 300, 0.0099), (0, 20, 0.1391), (1, 20, 0.2161), (20, 20, 1.0)],
)
def test_the_bound_is_the_exact_one(failed, runs, rate):
    assert highest_rate(failed, runs) == pytest.approx(rate, abs=1e-4)


@pytest.fixture
def soak(tmp_path, monkeypatch):
    """A soak whose runs end with the codes given; what they were asked for."""
    asked = []

    def run(codes, *words):
        left = iter(codes)

        def one(command, **_):
            asked.append(command)
            return CompletedProcess(command, next(left))

        monkeypatch.setattr(cli.subprocess, "run", one)
        return cli.main(["--pressed", "0", "--into", str(tmp_path / "soak"), *words])

    run.asked, run.folder = asked, tmp_path / "soak"
    return run


def test_runs_that_pass_leave_nothing_but_their_lines(soak, capsys):
    assert soak([0, 0], "--runs", "2", "features/x.feature") == 0
    assert [path.name for path in soak.folder.iterdir()] == ["runs.jsonl"]
    assert all(words[-1] == "features/x.feature" for words in soak.asked)
    seeds = [word for words in soak.asked for word in words if word.startswith("seed=")]
    assert seeds == ["seed=1001", "seed=1002"]
    assert "2 passed, 0 failed" in capsys.readouterr().out


def test_the_first_failure_is_the_last_run_and_is_kept(soak, capsys):
    assert soak([0, 1], "--runs", "5") == 1
    assert (soak.folder / "run-2" / "run.log").exists()
    told = capsys.readouterr().out
    assert "failure rate 50.00%; at most 97.47% at 95 % confidence" in told
    assert "failed: run 2, seed 1002, exit code 1" in told


def test_a_soak_may_go_on_behind_a_failure(soak):
    assert soak([4, 0, 1], "--runs", "3", "--go-on") == 1
    assert len(soak.asked) == 3


def test_an_interrupted_run_is_none(soak, capsys):
    assert soak([0, 130], "--runs", "5") == 0
    assert "1 runs" in capsys.readouterr().out


def test_a_killed_soak_takes_its_run_along(tmp_path):
    """As any other run: nothing is left to go on for minutes."""
    lives = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    program = (
        "import sys; from testbed.soak import cli;"
        f"cli.RUN = (sys.executable, '-c', {lives!r});"
        f"cli.main(['--pressed', '0', '--into', {str(tmp_path / 'soak')!r}])"
    )
    soak = subprocess.Popen([sys.executable, "-c", program])
    log = tmp_path / "soak" / "run-1" / "run.log"
    until(lambda: log.exists() and log.read_text().endswith("\n"), within_s=20, what="a run")
    run = psutil.Process(int(log.read_text()))
    soak.kill()
    soak.wait()
    until(lambda: not run.is_running(), within_s=10, what="the run to be gone")


def test_somebody_elses_folder_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(UsageError, match="an empty folder, or one of an earlier soak"):
        cli.main(["--into", str(tmp_path)])
    assert (tmp_path / "mine.txt").exists()


def test_a_count_that_is_none_is_told(tmp_path):
    with pytest.raises(UsageError, match="expected 1 to 10000"):
        cli.main(["--runs", "0", "--into", str(tmp_path / "x")])


def test_pressure_keeps_cores_busy_and_ends():
    me = psutil.Process()
    before = {child.pid for child in me.children()}
    with pressure.on(2, seed=7):
        busy = [child for child in me.children() if child.pid not in before]
        assert len(busy) == 2 and sys.executable in busy[0].cmdline()[0]
        until(
            lambda: all(sum(one.cpu_times()[:2]) > 0.2 for one in busy),
            within_s=20,
            what="both to have worked",
        )
    assert not any(one.is_running() for one in busy)
