"""What a run registered is cleaned up however the run ends, and nothing else is."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from testbed.errors import BenchError
from testbed.guardian import Charge, Guardian, kill_group
from testbed.processes import spawn
from testbed.wait import until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the tests use POSIX processes")
RUN = """
import subprocess, sys, time
from pathlib import Path
from testbed.guardian import Guardian
from testbed.processes import spawn

folder = Path(sys.argv[1])
(folder / "data").mkdir()
guardian = Guardian.start("guarded-run")
sleep = [sys.executable, "-c", "import time; time.sleep(120)"]
marked = spawn(sleep, token="guarded-run")
frozen = spawn(sleep, token="guarded-run")
frozen.suspend()
group = subprocess.Popen(sleep, start_new_session=True)
released = subprocess.Popen(sleep, start_new_session=True)
guardian.protect_group(group.pid)
guardian.protect_group(released.pid)
guardian.release("group", released.pid)
guardian.protect_folder(folder / "data")
guardian.protect_command([sys.executable, "-c", f"open({str(folder / 'ran')!r}, 'w')"])
print(marked.pid, frozen.pid, group.pid, released.pid, flush=True)
if sys.argv[2] == "close":
    guardian.close()
    sys.exit()
time.sleep(120)
"""


def dead(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def run(tmp_path, how):
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path), how], stdout=subprocess.PIPE, text=True
    )
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) == 4
    return process, pids


@pytest.mark.parametrize("how", ["kill", "close"])
def test_all_is_gone_within_ten_seconds(tmp_path, how):
    """After kill -9 and after an orderly end alike; what was released is let alone."""
    process, (*ours, released) = run(tmp_path, how)
    began = time.monotonic()
    if how == "kill":
        process.kill()
    process.wait(20)
    process.stdout.close()
    try:
        until(lambda: all(map(dead, ours)), within_s=10, what="the processes to be gone")
        until(lambda: not (tmp_path / "data").exists(), within_s=5, what="the folder to be gone")
        assert (tmp_path / "ran").exists()
        assert time.monotonic() - began < 10
        assert not dead(released)
    finally:
        psutil.Process(released).kill()


def test_close_waits_and_may_be_called_twice(tmp_path):
    """When it returns, the clean-up is done."""
    guardian = Guardian.start("guarded-close")
    (tmp_path / "data").mkdir()
    guardian.protect_folder(tmp_path / "data")
    guardian.close()
    assert not (tmp_path / "data").exists()
    guardian.close()


def test_a_closed_guardian_refuses_more(tmp_path):
    """Nothing may believe that it is protected when it is not."""
    guardian = Guardian.start("guarded-late")
    guardian.close()
    with pytest.raises(BenchError, match="guardian"):
        guardian.protect_folder(tmp_path)


@pytest.mark.parametrize("folder", ["/", "~", "."])
def test_no_precious_folder_is_taken(folder):
    """A mistake in a path must not cost a home or this project."""
    guardian = Guardian.start("guarded-folder")
    with pytest.raises(ValueError, match="of the run's own"):
        guardian.protect_folder(os.path.expanduser(folder))
    guardian.close()


def test_a_pid_given_to_another_process_is_not_killed():
    """The time of birth tells a stranger under a known number."""
    child = spawn([sys.executable, "-c", "import time; time.sleep(60)"])
    born = psutil.Process(child.pid).create_time()
    kill_group(child.pid, born - 5)
    assert child.running
    kill_group(child.pid, born)
    assert child.wait(5) == -9


def test_a_half_line_is_void():
    """A run that dies while it writes leaves half a message."""
    charge = Charge("t")
    charge.told('{"do": "protect", "kind": "folder", "value": "/tm')
    assert charge.kept == {"group": {}, "folder": {}, "command": {}}
