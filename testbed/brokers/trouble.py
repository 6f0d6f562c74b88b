"""Why the broker's container cannot be had, in words with a next step."""

import socket
from collections.abc import Mapping
from pathlib import Path

import psutil

from testbed.brokers.compose import RUN_LABEL
from testbed.errors import CannotStart

ENDED = ("exited", "dead", "created", "removing", "gone")


def explain(state, said: str, limit_s: float, log: Path) -> CannotStart:
    """Why a container is no ready broker: its ``state``, its last words, and what to do."""
    words = f"{state}; its last words:\n{said.strip()}" if said else f"{state}; it said nothing"
    if state.out_of_memory:
        return CannotStart(
            "The broker's container was killed: its memory limit is too small",
            words,
            "Raise REDPANDA_TEST_MEMORY (default 512m), or the memory that Docker itself has",
        )
    if state.status in ENDED:
        return CannotStart("The broker's container ended by itself", words, f"See {log}")
    return CannotStart(
        f"Kafka broker failed to become ready within {limit_s:g}s",
        words,
        f"See {log}; raise timeout.broker_ready_s on a slow machine",
    )


def refuse_foreign(found, state) -> None:
    """Raise ``CannotStart`` where a running container is not to be reused."""
    run = found.label(RUN_LABEL)
    if run:
        raise CannotStart(
            f"The container {found.name} belongs to another run",
            f"process {run} started it and will take it down",
            "Wait for that run to end, or run with --broker kafka",
        )
    if state.status == "paused":
        raise CannotStart(
            f"The container {found.name} is paused", "", f"Run: docker unpause {found.name}"
        )


def is_orphan(found) -> bool:
    """Whether it was left behind by a run that is over, its guardian with it."""
    run = found.label(RUN_LABEL)
    return run.isdigit() and not psutil.pid_exists(int(run))


def check_ports(ports: Mapping[str, int]) -> None:
    """Raise ``CannotStart`` where a program listens on one of our ports (by variable name)."""
    for name, port in ports.items():
        if _is_taken(port):
            raise CannotStart(
                f"Port {port} is in use by another program",
                _listener(port),
                f"Stop it, or choose another port: {name}={port + 100}",
            )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _listener(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid}) listens"
    except (psutil.Error, TypeError):
        pass  # only an administrator sees the processes of others
    return "its process cannot be seen from here"
