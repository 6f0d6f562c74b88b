"""A quick look for Docker, before the half second that its SDK takes to load."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from testbed.errors import CannotStart

NOT_INSTALLED = "Docker is not installed. Please install Docker first."
INSTALL = "See https://docs.docker.com/engine/install/, or run with --broker kafka"
START = "Start Docker Desktop (or: sudo systemctl start docker), or run with --broker kafka"
JOIN = "Add your user to the group docker and log in again, or run with --broker kafka"
SOCKET = "/var/run/docker.sock"
CONNECT_WITHIN_S = 1.0

Which = Callable[[str], str | None]


def check(which: Which = shutil.which) -> None:
    """Raise ``CannotStart`` where it is plain that no Docker engine can be used."""
    if not (which("docker") or which("docker-compose")):
        raise CannotStart(NOT_INSTALLED, next_step=INSTALL)
    path = _socket_path()
    if path:
        _connect(path)


def unreachable(error: BaseException, where: str) -> CannotStart:
    """The clear message for an engine that does not answer at ``where``."""
    if isinstance(error, PermissionError):
        return CannotStart("No permission to use the Docker daemon", where, JOIN)
    cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return CannotStart("The Docker daemon is not running", f"{where}: {cause}", START)


def _socket_path() -> str:
    """The local socket of the engine, or empty where another way leads to it."""
    host = os.environ.get("DOCKER_HOST", "")
    if host:
        return host.removeprefix("unix://") if host.startswith("unix://") else ""
    configured = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"
    if os.name == "nt" or os.environ.get("DOCKER_CONTEXT") or configured.exists():
        return ""
    return SOCKET


def _connect(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(CONNECT_WITHIN_S)
        try:
            probe.connect(path)
        except OSError as error:
            raise unreachable(error, path) from error
