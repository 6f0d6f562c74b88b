"""Ports of this machine: free ones, and who has the others."""

import random
import socket
from contextlib import ExitStack

import psutil

from testbed.brokers.settings import HOST
from testbed.errors import CannotStart

# Below those that any system hands out to connections, above those of well-known services.
STEADY = range(20_000, 32_000)
CHANCES = 4  # looks for each


def free(count: int) -> list[int]:
    """Ports that nobody listens on now, all different."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]


def steady(count: int) -> list[int]:
    """Ports free now that no connection gets by chance: they may be bound again and again.

    Among others, a client that seeks a dead broker in vain might else connect to itself.
    """
    chosen = random.sample(STEADY, CHANCES * count)
    return [port for port in chosen if not is_taken(port)][:count]


def is_taken(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def refuse_taken(port: int) -> None:
    """Raise ``CannotStart``, which says who listens, where ``port`` is in use."""
    if is_taken(port):
        raise CannotStart(
            f"Port {port} is in use by another program",
            listener(port),
            "Stop it, or choose another port with -D broker.port, or none to have a free one",
        )


def listener(port: int) -> str:
    """Who listens on ``port``, in words."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid}) listens"
    except (psutil.Error, TypeError, ValueError):
        pass  # only an administrator sees the processes of others
    return "its process cannot be seen from here"
