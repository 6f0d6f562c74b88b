"""Start, stop, freeze and kill processes, with everything that they start themselves.

One way for all systems: ``posix`` and ``windows`` hold what differs between them.
A spawned process carries a token in its environment, so that a descendant that left its
group or its session is still found; nothing else is ever signalled.
"""

from testbed.processes.family import TOKEN_VARIABLE, kill_marked, marked
from testbed.processes.spawned import Spawned, spawn

__all__ = ["TOKEN_VARIABLE", "Spawned", "kill_marked", "marked", "spawn"]
