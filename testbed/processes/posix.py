"""Linux and macOS: a session per process, signals, and a pid that is held until the end."""

import os
import signal
import subprocess

import psutil


class Leader:
    """The process that was started: leader of a session and a group of its own."""

    def __init__(self, popen: subprocess.Popen):
        self._popen = popen
        self.pid, self.output = popen.pid, popen.stdout
        self._exit_code: int | None = None

    def poll(self) -> int | None:
        """The exit code, without giving the pid back while others are in its group."""
        if self._exit_code is None and self._popen.returncode is None:
            look = self._look if hasattr(os, "waitid") else self._popen.poll
            self._exit_code = look()
        return self._popen.returncode if self._exit_code is None else self._exit_code

    def _look(self) -> int | None:
        result = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if result is None:
            return None
        signalled = result.si_code in (os.CLD_KILLED, os.CLD_DUMPED)
        return -result.si_status if signalled else result.si_status

    def is_member(self, process: psutil.Process) -> bool:
        """Whether it is in the leader's group or session.

        Once the leader is reaped its pid may be a stranger's, so nobody counts any more.
        """
        if self._popen.returncode is not None:
            return False
        try:
            return self.pid in (process.pid, os.getpgid(process.pid), os.getsid(process.pid))
        except OSError:
            return False

    def ask_to_stop(self) -> None:
        """SIGTERM to the leader alone: it is his duty to stop his own."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def interrupt(self) -> None:
        """SIGINT to the leader alone, as Ctrl-C would."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGINT)

    def signal_group(self, name: str) -> None:
        """One signal to the whole group at once, while the pid is surely ours."""
        if self._popen.returncode is None:
            try:
                os.killpg(self.pid, getattr(signal, name))
            except (ProcessLookupError, PermissionError):
                return  # macOS: a group of zombies only

    def kill_group(self) -> None:
        """SIGKILL to the whole group."""
        self.signal_group("SIGKILL")

    def reap(self) -> None:
        """Give the pid back to the system; only when the group is empty."""
        self._popen.wait()


def start(args: list[str], **options) -> Leader:
    """Start ``args`` as the leader of a new session. Raises ``OSError`` as Popen does."""
    return Leader(subprocess.Popen(args, start_new_session=True, **options))
