"""Ports of this machine: free ones, and who has the others."""

import atexit
import random
import socket
from contextlib import ExitStack
from functools import cache
from itertools import cycle, islice

import psutil

from testbed.brokers.settings import HOST
from testbed.errors import CannotStart

# Below those that any system hands out to connections, above those of well-known services.
STEADY = range(20_000, 32_000)
CHANCES = 4  # looks for each
BLOCKS = range(12_000, 20_000, 100)  # where each process has a block of ports to itself


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


class Block:
    """Ports for what is only about to listen: no connection, and no other process, gets them.

    The first of them is held as a sign that the block is taken, for as long as this lives.
    """

    def __init__(self, blocks: range = BLOCKS):
        """Raises ``CannotStart`` where every block is taken."""
        self._sign, first = _first_free(random.sample(blocks, len(blocks)))
        self._ports = cycle(range(first + 1, first + blocks.step))
        self._size = blocks.step - 1

    def close(self) -> None:
        """Let others have it."""
        self._sign.close()

    def next(self) -> int:
        """The one that was given out longest ago; whoever listens there is passed over."""
        candidates = islice(self._ports, self._size)
        port = next((port for port in candidates if not is_taken(port)), None)
        if port is None:
            raise CannotStart("No port is left for the service", f"all {self._size} are in use")
        return port


def _first_free(ports: list[int]) -> tuple[socket.socket, int]:
    for port in ports:
        sign = socket.socket()
        try:
            sign.bind((HOST, port))
            sign.listen()
        except OSError:
            sign.close()
            continue
        return sign, port
    raise CannotStart("No block of ports is free for the service", f"{len(ports)} are all taken")


@cache
def _block() -> Block:
    block = Block()
    atexit.register(block.close)
    return block


def next_own() -> int:
    """The next port of this process's own block."""
    return _block().next()


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
