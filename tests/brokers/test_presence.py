"""The quick look for Docker."""

import os
import socket
import subprocess
import sys
import time

import pytest

from testbed.brokers import presence
from testbed.errors import CannotStart

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def there(name):
    return f"/bin/{name}"


def test_without_its_programs_docker_is_not_installed():
    with pytest.raises(CannotStart) as caught:
        presence.check(lambda name: None)
    assert caught.value.what == "Docker is not installed. Please install Docker first."


def test_a_socket_that_is_missing_means_no_daemon(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(CannotStart, match=r"daemon is not running.*none\.sock: No such file"):
        presence.check(there)


def test_a_socket_that_nobody_serves_means_no_daemon(monkeypatch, tmp_path):
    path = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with pytest.raises(CannotStart, match=r"daemon is not running.*Connection refused"):
        presence.check(there)


def test_a_socket_that_listens_passes(monkeypatch, tmp_path):
    path = tmp_path / "live.sock"
    with socket.socket(socket.AF_UNIX) as live:
        live.bind(str(path))
        live.listen()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        presence.check(there)


def test_a_socket_without_permission_says_so():
    error = presence.unreachable(PermissionError(13, "Permission denied"), "/run/docker.sock")
    assert error.what == "No permission to use the Docker daemon"
    assert "group docker" in error.next_step


def test_without_an_engine_the_answer_comes_before_the_sdk_is_loaded(tmp_path):
    """The choice of a broker must not cost half a second where there is no Docker at all."""
    code = (
        "import sys; from testbed.brokers.redpanda import availability;"
        "from testbed.options import Options; print(availability(Options()));"
        "sys.exit('docker' in sys.modules)"
    )
    env = os.environ | {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    said = subprocess.check_output([sys.executable, "-c", code], env=env, cwd=ROOT, text=True)
    assert said.startswith(
        ("(False, 'Docker is not installed", "(False, 'The Docker daemon is not running")
    )


def test_the_quick_look_is_quick(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    began = time.monotonic()
    with pytest.raises(CannotStart):
        presence.check(there)
    assert time.monotonic() - began < 0.3
