"""Processes are started in a group of their own, and nothing of them survives a kill."""

import os
import signal
import sys
import time

import psutil
import pytest

from testbed.errors import NotReached, UsageError
from testbed.processes import TOKEN_VARIABLE, kill_marked, log, marked, spawn
from testbed.wait import until

posix_only = pytest.mark.skipif(os.name == "nt", reason="signals and sessions are POSIX's")
DAEMON = """
import os, sys, time
if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(60)
"""
STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def start(tmp_path):
    """Spawn Python code; whatever is left is killed after the test."""
    started = []

    def begin(code, *args, **options):
        options.setdefault("log", tmp_path / "child.log")
        started.append(spawn([sys.executable, "-S", "-c", code, *map(str, args)], **options))
        return started[-1]

    yield begin
    for child in started:
        child.kill()


def said(path, within_s=5):
    """The first whole word of a file that a child writes."""
    return until(
        lambda: path.exists() and path.read_text().strip(), within_s=within_s, what=f"{path.name}"
    )


def gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_exit_code_and_output_are_kept(start, tmp_path):
    """An orderly end gives its code; output and errors stand in the log, in order."""
    child = start("import sys; print('a', flush=True); sys.stderr.write('b'); sys.exit(7)")
    assert child.wait(5) == 7
    assert (tmp_path / "child.log").read_text() == "a\nb"
    assert not child.running


def test_the_log_is_appended_to(start, tmp_path):
    """A restart of the same instance keeps the words of the one before."""
    for word in ("one", "two"):
        start(f"print('{word}')").wait(5)
    assert (tmp_path / "child.log").read_text().split() == ["one", "two"]


@posix_only
def test_an_end_by_signal_is_a_negative_code(start):
    """As everywhere in Python: minus the number of the signal."""
    child = start("import time; time.sleep(60)")
    child.terminate()
    assert child.wait(5) == -signal.SIGTERM


def test_wait_has_a_limit(start):
    """A process that goes on is named in the error."""
    child = start("import time; time.sleep(60)")
    with pytest.raises(NotReached, match=f"process {child.pid}"):
        child.wait(0.05)
    assert child.running


@posix_only
def test_a_child_that_ignores_sigterm_is_killed(start, tmp_path):
    """SIGTERM asks; kill does not."""
    child = start(STUBBORN)
    said(tmp_path / "child.log")
    child.terminate()
    with pytest.raises(NotReached):
        child.wait(0.1)
    child.kill()
    assert child.poll() == -signal.SIGKILL


def test_children_of_a_child_are_killed(start, tmp_path):
    """A wrapper's worker goes with the wrapper."""
    child = start(PARENT)
    worker = int(said(tmp_path / "child.log"))
    child.kill()
    assert gone(worker)
    assert gone(child.pid)


@posix_only
def test_a_worker_left_behind_by_its_leader_is_killed(start, tmp_path):
    """The leader's end does not hide those who stay in its group, even without the token."""
    code = PARENT.replace("child.wait()", "").replace("Popen(", "Popen(env={}, args=")
    child = start(code)
    worker = int(said(tmp_path / "child.log"))
    assert child.wait(5) == 0
    assert not gone(worker)
    assert psutil.pid_exists(child.pid), "its number must not go to a stranger yet"
    child.kill()
    assert gone(worker)
    assert not psutil.pid_exists(child.pid)


@posix_only
def test_a_daemon_is_found_by_its_token(start, tmp_path):
    """Another session, another parent: the environment still tells whose it is."""
    child = start(DAEMON, tmp_path / "pid", token="mine-1")
    daemon = int(said(tmp_path / "pid"))
    child.wait(5)
    assert not gone(daemon)
    child.kill()
    until(lambda: gone(daemon), within_s=5, what="the daemon to be gone")


@posix_only
def test_kill_marked_touches_only_its_own_token(start, tmp_path):
    """A token is compared whole, and nested tokens are all found."""
    one = start("import time; time.sleep(60)", token="mine-1")
    other = start("import time; time.sleep(60)", token="mine-12")
    until(lambda: marked("mine-1"), within_s=5, what="the first")
    kill_marked("mine-1")
    assert one.wait(5) == -signal.SIGKILL
    assert other.running


def test_kill_marked_refuses_an_empty_token():
    """An empty token would mean everybody."""
    with pytest.raises(ValueError, match="Expected a token"):
        kill_marked("")


def test_a_nested_token_keeps_the_outer_one(start, tmp_path, monkeypatch):
    """What a run's own child starts is found by the run as well."""
    monkeypatch.setenv(TOKEN_VARIABLE, "outer")
    child = start(f"import os; print(os.environ['{TOKEN_VARIABLE}'])", token="inner")
    child.wait(5)
    assert (tmp_path / "child.log").read_text().split() == ["outer", "inner"]


@posix_only
def test_a_token_made_of_several_is_found_behind_others(start, monkeypatch):
    """A run inside a run may build its token from the ones that it carries."""
    monkeypatch.setenv(TOKEN_VARIABLE, "outer middle")
    child = start("import time; time.sleep(60)", token="outer middle-1")
    until(lambda: marked("outer middle-1"), within_s=5, what="the child by its whole token")
    assert child.pid not in [process.pid for process in marked("outer middle-2")]


@posix_only
def test_an_interrupt_is_a_keyboard_interrupt(start, tmp_path):
    """Python children clean up as after Ctrl-C."""
    code = "import time\ntry:\n print(1, flush=True); time.sleep(60)\n"
    child = start(code + "except KeyboardInterrupt:\n raise SystemExit(9)")
    said(tmp_path / "child.log")
    child.interrupt()
    assert child.wait(5) == 9


def test_one_that_outlives_the_run_carries_no_token(start, tmp_path, monkeypatch):
    """A broker that is kept must not be swept away with the rest."""
    monkeypatch.setenv(TOKEN_VARIABLE, "outer")
    code = f"import os; print(os.environ.get('{TOKEN_VARIABLE}'))"
    start(code, token="inner", outlives=True).wait(5)
    assert (tmp_path / "child.log").read_text().split() == ["None"]


@posix_only
def test_a_frozen_family_stands_still_and_goes_on(start, tmp_path):
    """Suspend returns when all stand still; resume lets all run."""
    child = start(PARENT)
    worker = psutil.Process(int(said(tmp_path / "child.log")))
    child.suspend()
    assert {worker.status(), psutil.Process(child.pid).status()} == {psutil.STATUS_STOPPED}
    assert child.running
    child.resume()
    until(lambda: worker.status() != psutil.STATUS_STOPPED, within_s=5, what="the worker")


@posix_only
def test_a_frozen_child_is_killed_too(start):
    """A stopped process cannot hide behind its stop."""
    child = start("import time; time.sleep(60)")
    child.suspend()
    child.kill()
    assert child.poll() == -signal.SIGKILL


def test_a_flood_of_output_is_bounded(start, tmp_path, monkeypatch):
    """The log keeps the beginning and the last words, and says what it left out."""
    monkeypatch.setattr(log, "HEAD_BYTES", 1000)
    monkeypatch.setattr(log, "TAIL_BYTES", 100)
    start("print('x' * 300_000); print('the end')").wait(5)
    text = (tmp_path / "child.log").read_text()
    assert len(text) < 1200
    assert text.startswith("x" * 1000)
    assert text.endswith("the end\n")
    assert f"[log limited: {300_009 - 1100} bytes left out here]" in text


def test_an_endless_flood_does_not_block_the_end(start):
    """A child that never stops writing is killed as fast as any other."""
    child = start("while True: print('x' * 10_000)")
    time_before = time.monotonic()
    child.kill()
    assert time.monotonic() - time_before < 5


def test_a_command_that_does_not_exist_is_named(tmp_path):
    """The message names the word that cannot be run."""
    with pytest.raises(UsageError, match="no-such-command-here"):
        spawn(["no-such-command-here", "--flag"], log=tmp_path / "x.log")


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    """Not the command is missing then, but where it should run."""
    with pytest.raises(UsageError, match="nowhere does not exist"):
        spawn([sys.executable], cwd=tmp_path / "nowhere")


@posix_only
@pytest.mark.parametrize(("mode", "cause"), [(0o644, "Permission denied"), (0o755, "format")])
def test_a_file_that_is_no_program_is_a_usage_error(tmp_path, mode, cause):
    """Not executable, or executable and not a program."""
    file = tmp_path / "tool"
    file.write_bytes(b"\0\1\2\3")
    file.chmod(mode)
    with pytest.raises(UsageError, match=cause):
        spawn([str(file)])


def test_an_empty_command_is_a_usage_error():
    """Nothing to run is said so."""
    with pytest.raises(UsageError, match="empty"):
        spawn([])


def test_kill_may_be_called_twice_and_after_an_end(start):
    """Tear-down need not know how far things went."""
    child = start("pass")
    child.wait(5)
    child.kill()
    child.kill()
    assert child.poll() == 0
