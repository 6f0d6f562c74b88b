"""Which processes belong to one that was spawned, and how to end them all."""

import os
from collections.abc import Callable, Iterable

import psutil

from testbed.errors import NotReached
from testbed.wait import until

TOKEN_VARIABLE = "CHURN_TESTBED_TOKEN"
GONE_WITHIN_S = 10.0  # SIGKILL acts at once; only a process in the kernel's hands takes longer

Membership = Callable[[psutil.Process], bool]


def tokens(*given: str) -> str:
    """The variable's value for a child: the tokens this process carries, and the given ones.

    Nested, so that whoever started this process finds the child too.
    """
    inherited = os.environ.get(TOKEN_VARIABLE, "").split()
    return " ".join(dict.fromkeys([*inherited, *filter(None, given)]))


def carries(token: str) -> Membership:
    """Whether a process has ``token`` in its environment; unreadable ones do not count."""
    wanted = set(token.split())

    def member(process: psutil.Process) -> bool:
        try:
            return wanted <= set(process.environ().get(TOKEN_VARIABLE, "").split())
        except (psutil.Error, OSError):
            return False

    return member


def find(member: Membership, since: float = 0.0) -> list[psutil.Process]:
    """All living members and their descendants, without this process itself.

    ``since`` (seconds since the epoch, as psutil counts them) leaves out older processes.
    """
    young = [p for p in psutil.process_iter() if p.pid != os.getpid() and _alive(p, since)]
    found = {p.pid for p in young if member(p)}
    parents = {p.pid: _parent(p) for p in young}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return [p for p in young if p.pid in found]
        found |= more


def marked(token: str) -> list[psutil.Process]:
    """Living processes that carry ``token``; raises ``ValueError`` for an empty one."""
    if not token.strip():
        raise ValueError("Expected a token, got an empty one: it would mark every process")
    return find(carries(token))


def kill_marked(token: str) -> None:
    """Kill everything that carries ``token``, and wait until it is gone."""
    kill_all(lambda: marked(token), f"every process marked {token!r} to be gone")


def kill_all(living: Callable[[], list[psutil.Process]], what: str) -> None:
    """Kill again and again until none is left, so that what was forked meanwhile goes too.

    Raises ``NotReached`` that names the processes which outlast ``GONE_WITHIN_S``.
    """
    left: list[psutil.Process] = []

    def none_left() -> bool:
        left[:] = living()
        signal_all(left, psutil.Process.kill)
        return not left

    until(none_left, within_s=GONE_WITHIN_S, what=what, describe=lambda: describe(left))


def signal_all(processes: Iterable[psutil.Process], act: Callable[[psutil.Process], None]) -> None:
    """Apply ``act`` to each; psutil refuses a pid that was given to another process."""
    for process in processes:
        try:
            act(process)
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied as error:
            raise NotReached(
                f"No permission to signal process {process.pid} ({_name(process)})",
                "it changed its user",
                "Stop it by hand, or run as the same user",
            ) from error


def describe(processes: Iterable[psutil.Process]) -> str:
    """Process ids and names, for a message."""
    return ", ".join(f"{p.pid} ({_name(p)})" for p in processes) or "none"


def _alive(process: psutil.Process, since: float) -> bool:
    try:
        return process.create_time() >= since and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.Error:
        return None


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return "ended"
