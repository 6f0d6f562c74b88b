"""The Docker engine: where it is, whether it answers, and which images it holds."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import docker
from docker.errors import APIError, DockerException, ImageNotFound

from testbed.brokers import presence
from testbed.errors import BenchError, CannotStart

ANSWER_WITHIN_S = 10.0  # an engine far away; a local one refuses or answers at once
LOCAL = ("localhost", "localnpipe", "127.0.0.1")  # the SDK's names for socket and pipe


class Engine:
    """A Docker engine that has answered."""

    def __init__(self, client: docker.DockerClient):
        self.client = client

    @classmethod
    def connect(cls, which: presence.Which = shutil.which) -> "Engine":
        """Reach the engine that the docker command would use.

        Raises ``CannotStart`` where Docker is not installed, not running, or not permitted.
        """
        presence.check(which)
        try:
            return cls(_client())
        except DockerException as error:
            inner = _innermost(error)
            raise presence.unreachable(inner, _place()) from error

    def close(self) -> None:
        """Give back the connections."""
        self.client.close()

    @property
    def is_local(self) -> bool:
        """Whether the containers' ports are ports of this machine."""
        return urlsplit(self.client.api.base_url).hostname in LOCAL

    def has_image(self, name: str) -> bool:
        """Whether the image is here already."""
        with told("look for the image"):
            try:
                self.client.images.get(name)
            except ImageNotFound:
                return False
            return True

    def pull(self, name: str, within_s: float) -> None:
        """Fetch an image; raises ``CannotStart`` when it cannot be had within the limit."""
        end = time.monotonic() + within_s
        self.client.api.timeout = within_s
        try:
            for event in self.client.api.pull(name, stream=True, decode=True):
                if "error" in event:
                    raise _no_image(name, event["error"])
                if time.monotonic() > end:
                    raise _no_image(name, f"the download takes more than {within_s:g} s")
        except (DockerException, OSError) as error:
            raise _no_image(name, reason(error)) from error
        finally:
            self.client.api.timeout = ANSWER_WITHIN_S

    def container(self, name: str):
        """The container of that name, running or not, or None."""
        with told("list its containers"):
            found = self.client.containers.list(all=True, filters={"name": f"^/{name}$"})
            return found[0] if found else None


def reason(error: BaseException) -> str:
    """The engine's own words, without the layers around them."""
    if isinstance(error, APIError):
        return (error.explanation or str(error)).strip()
    return str(_innermost(error)).strip() or type(error).__name__


@contextmanager
def told(what: str) -> Iterator[None]:
    """Tell trouble of the engine's as ``BenchError`` with its own words."""
    try:
        yield
    except (DockerException, OSError) as error:
        raise BenchError(
            f"Docker could not {what}", reason(error), "Look at: docker ps -a; docker info"
        ) from error


def _client() -> docker.DockerClient:
    """The engine of DOCKER_HOST, of DOCKER_CONTEXT, or of the command's current context."""
    if os.environ.get("DOCKER_HOST"):
        return docker.from_env(timeout=ANSWER_WITHIN_S)
    context = docker.ContextAPI.get_context(os.environ.get("DOCKER_CONTEXT") or None)
    if context is None:
        raise DockerException(f"There is no context {os.environ['DOCKER_CONTEXT']!r}")
    return docker.DockerClient(
        base_url=context.Host, tls=context.TLSConfig or False, timeout=ANSWER_WITHIN_S
    )


def _place() -> str:
    return os.environ.get("DOCKER_HOST") or "the current Docker context"


def _no_image(name: str, cause: str) -> CannotStart:
    return CannotStart(
        f"The image {name} is not here and cannot be pulled",
        cause,
        "Load it with docker load, name another with REDPANDA_TEST_IMAGE, build the stand-in "
        "with python -m testbed standin, or run with --broker kafka",
    )


def _innermost(error: BaseException) -> BaseException:
    """HTTP layers wrap the system's error in their arguments, not only in its causes."""
    for inner in (*error.args, error.__cause__, error.__context__):
        if isinstance(inner, BaseException):
            return _innermost(inner)
    return error
