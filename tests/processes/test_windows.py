"""The Windows counterpart, tried with a fake system: which calls it makes, and in what order."""

import ctypes
import subprocess
from types import SimpleNamespace

import psutil
import pytest

from testbed.processes import windows


class FakeKernel:
    """kernel32 as far as it is used; ``refuse`` names a call that fails."""

    def __init__(self, calls, refuse=""):
        self._calls, self._refuse = calls, refuse

    def __getattr__(self, name):
        def call(*args):
            if name == "SetInformationJobObject":
                limits = ctypes.cast(args[2], ctypes.POINTER(windows._ExtendedLimits)).contents
                args = (limits.BasicLimitInformation.LimitFlags,)
            self._calls.append((name, *args))
            return 0 if name == self._refuse else 77

        return call


class FakePopen:
    """Popen as on Windows: with a handle, and creation flags."""

    calls: list

    def __init__(self, args, creationflags=0, **options):
        self.pid, self._handle, self.stdout, self.returncode = 4321, 99, None, None
        self.calls.append(("Popen", creationflags))

    def poll(self):
        return self.returncode

    def wait(self):
        self.calls.append(("wait",))

    def kill(self):
        self.calls.append(("kill",))

    def send_signal(self, number):
        self.calls.append(("send_signal", number))


@pytest.fixture
def calls(monkeypatch):
    """Every call to the fake system, in order."""
    made = []
    monkeypatch.setattr(FakePopen, "calls", made, raising=False)
    monkeypatch.setattr(subprocess, "Popen", FakePopen)
    monkeypatch.setattr(windows, "_kernel", lambda: FakeKernel(made))
    monkeypatch.setattr(ctypes, "get_last_error", lambda: 5, raising=False)
    resume = SimpleNamespace(resume=lambda: made.append(("resume",)))
    monkeypatch.setattr(psutil, "Process", lambda pid: resume)
    return made


def test_a_child_is_in_its_job_before_it_runs(calls):
    """Started frozen, put into a job that dies with the handle, then let go."""
    windows.start(["tool"])
    assert calls == [
        ("CreateJobObjectW", None, None),
        (
            "SetInformationJobObject",
            windows.LIMIT_KILL_ON_JOB_CLOSE | windows.LIMIT_BREAKAWAY_OK,
        ),
        ("Popen", windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_SUSPENDED),
        ("AssignProcessToJobObject", 77, 99),
        ("resume",),
    ]


def test_a_child_that_cannot_join_its_job_is_not_left_running(calls, monkeypatch):
    """Without the job it would outlive the run: so it does not run."""
    refusing = FakeKernel(calls, refuse="AssignProcessToJobObject")
    monkeypatch.setattr(windows, "_kernel", lambda: refusing)
    with pytest.raises(OSError, match="job object call failed with error 5"):
        windows.start(["tool"])
    assert calls[-1] == ("kill",)


def test_asking_to_stop_is_ctrl_break_and_only_while_it_runs(calls):
    """CTRL_BREAK is the one signal that a group of its own receives."""
    leader = windows.start(["tool"])
    leader.ask_to_stop()
    assert calls[-1] == ("send_signal", windows.CTRL_BREAK_EVENT)
    leader._popen.returncode = 0
    calls.clear()
    leader.ask_to_stop()
    assert calls == []


def test_a_kill_ends_the_whole_job(calls):
    """One call, so that no member can fork away."""
    leader = windows.start(["tool"])
    leader.kill_group()
    leader.reap()
    assert calls[-2:] == [("TerminateJobObject", 77, 1), ("wait",)]


def test_only_the_leader_counts_by_number(calls):
    """Windows has no groups to look up: others are found as descendants or by token."""
    leader = windows.start(["tool"])
    assert leader.is_member(SimpleNamespace(pid=4321))
    assert not leader.is_member(SimpleNamespace(pid=1))


def test_the_limits_have_the_size_that_windows_expects():
    """A wrong layout makes every call fail: 144 bytes on 64-bit Windows."""
    assert ctypes.sizeof(windows._ExtendedLimits) == 144
