"""A process that the bench started, and its family."""

import os
import subprocess
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

import psutil

from testbed.errors import CannotStart, UsageError
from testbed.processes import family
from testbed.processes.log import BoundedLog, open_log
from testbed.wait import until

if os.name == "nt":
    from testbed.processes import windows as system
else:
    from testbed.processes import posix as system

DRAIN_S = 0.5  # what stands in a pipe is copied in milliseconds; a daemon may hold it open
FREEZE_WITHIN_S = 5.0


class Spawned:
    """Handle of one process. ``pid`` is the leader's; ``args`` is what was run.

    Call ``kill`` in the end, even after an orderly exit: it collects what was left behind.
    """

    def __init__(self, leader, args: list[str], token: str, log: BoundedLog | None):
        self._leader, self.args, self.pid = leader, args, leader.pid
        self._token, self._log = token, log
        self._since = psutil.Process(leader.pid).create_time()
        self._collected = False

    def poll(self) -> int | None:
        """The leader's exit code, negative for a signal, or None while it runs."""
        code = self._leader.poll()
        if code is not None and not self._collected:
            self._collected = True
            if self._log:
                self._log.drain(DRAIN_S)
            if not self.family():
                self._leader.reap()
        return code

    @property
    def running(self) -> bool:
        """Whether the leader has not ended yet (a frozen one has not)."""
        return self.poll() is None

    def wait(self, timeout_s: float) -> int:
        """The leader's exit code; raises ``NotReached`` after ``timeout_s`` seconds."""
        until(
            lambda: self.poll() is not None,
            within_s=timeout_s,
            what=f"process {self.pid} ({self.args[0]}) to end",
            describe=lambda: "still running",
        )
        return self.poll()

    def terminate(self) -> None:
        """Ask the leader to stop: SIGTERM, or CTRL_BREAK to its own group on Windows."""
        self._leader.ask_to_stop()

    def interrupt(self) -> None:
        """Ask as Ctrl-C does: SIGINT to the leader, or CTRL_BREAK on Windows."""
        self._leader.interrupt()

    def kill(self) -> None:
        """End the leader, its group, its descendants and all that carry its token; then reap.

        Raises ``NotReached`` when one of them outlasts SIGKILL.
        """
        self._leader.kill_group()
        family.kill_all(self.family, f"process {self.pid} ({self.args[0]}) and its own to be gone")
        self._leader.reap()
        self.poll()

    def suspend(self) -> None:
        """Freeze the whole family; returns when every one of them stands still."""
        self._leader.signal_group("SIGSTOP")
        until(
            self._all_frozen,
            within_s=FREEZE_WITHIN_S,
            what=f"process {self.pid} and its own to be frozen",
            describe=lambda: family.describe(self.family()),
        )

    def resume(self) -> None:
        """Let the whole family run again."""
        self._leader.signal_group("SIGCONT")
        family.signal_all(self.family(), psutil.Process.resume)

    def family(self) -> list[psutil.Process]:
        """The living: leader, group, session, descendants, and everyone with the token."""
        marked = family.carries(self._token) if self._token else lambda process: False
        return family.find(lambda p: self._leader.is_member(p) or marked(p), self._since)

    def _all_frozen(self) -> bool:
        moving = [p for p in self.family() if not _is_frozen(p)]
        family.signal_all(moving, psutil.Process.suspend)
        return not moving


def spawn(
    args: list[str],
    *,
    env: dict[str, str] | None = None,
    cwd: Path | str | None = None,
    log: Path | None = None,
    token: str = "",
    outlives: bool = False,
    secrets: Iterable[bytes] = (),
) -> Spawned:
    """Start ``args`` without a shell, in a session of its own, input closed.

    ``env`` is the whole environment (None: this one's); the token is added to it.
    Output and errors are appended to ``log``, bounded as ``BoundedLog`` says, and ``secrets``
    blanked out.
    ``outlives``: meant to go on after the run; carries no token, its log is not bounded.
    A process dies with its parent by the job object on Windows, by the guardian elsewhere.
    Raises ``UsageError`` for a command or folder that cannot be run, ``CannotStart`` else.
    """
    if not args:
        raise UsageError("Expected a command to run, got an empty one")
    piped = log is not None and not outlives
    with open_log(log) if log else nullcontext() as target:
        leader = _start(
            list(args),
            env=_environment(env, token, outlives),
            cwd=str(cwd) if cwd else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else target or subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
    bounded = BoundedLog(leader.output, open_log(log), secrets) if piped else None
    return Spawned(leader, list(args), "" if outlives else token, bounded)


def _environment(env: dict[str, str] | None, token: str, outlives: bool) -> dict[str, str]:
    whole = dict(os.environ if env is None else env)
    whole.pop(family.TOKEN_VARIABLE, None)
    carried = "" if outlives else family.tokens(token)
    return whole | ({family.TOKEN_VARIABLE: carried} if carried else {})


def _start(args: list[str], **options):
    try:
        return system.start(args, **options)
    except FileNotFoundError as error:
        missing = options["cwd"] if error.filename == options["cwd"] else args[0]
        raise UsageError(
            f"Cannot run {args[0]!r}: {missing} does not exist",
            next_step="Check the spelling, or give the full path",
        ) from error
    except (PermissionError, ValueError, NotADirectoryError) as error:
        raise UsageError(f"Cannot run {args[0]!r}", str(error)) from error
    except OSError as error:
        kind = UsageError if error.errno == 8 else CannotStart  # 8: no program format
        raise kind(f"Cannot run {args[0]!r}", error.strerror or str(error)) from error


def _is_frozen(process: psutil.Process) -> bool:
    try:
        return process.status() in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
