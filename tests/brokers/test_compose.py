"""The compose file's settings, and the command that drives it."""

import re
import subprocess
from pathlib import Path

import pytest

from testbed.brokers import compose
from testbed.errors import BenchError, CannotStart


class Deaf:
    """A guardian that remembers what it was told."""

    def __init__(self):
        self.told = []

    def protect_group(self, pid):
        self.told.append(("protect", pid))

    def release(self, kind, value):
        self.told.append(("release", value))


def installed(*names):
    return lambda name: f"/bin/{name}" if name in names else None


def plugin(code):
    return lambda args, **_: subprocess.CompletedProcess(args, code)


def program(folder: Path, script: str) -> list[str]:
    """A stand-in for the compose program that does what ``script`` says."""
    path = folder / "compose"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return [str(path)]


@pytest.mark.parametrize(
    ("there", "code", "expected"),
    [
        (("docker", "docker-compose"), 0, ["docker", "compose"]),
        (("docker", "docker-compose"), 1, ["docker-compose"]),
        (("docker-compose",), 0, ["docker-compose"]),
        (("docker",), 0, ["docker", "compose"]),
    ],
)
def test_the_plugin_is_preferred_and_the_program_is_the_fallback(there, code, expected):
    assert compose.find(installed(*there), plugin(code)) == expected


def test_without_plugin_and_program_compose_is_not_installed():
    with pytest.raises(CannotStart, match="Docker Compose is not installed") as caught:
        compose.find(installed("docker"), plugin(1))
    assert "--broker kafka" in caught.value.next_step


def test_the_defaults_are_those_of_the_compose_file():
    """Image, container and ports are written in two places and must agree."""
    text = compose.FILE.read_text("utf-8")
    written = dict(re.findall(r"\$\{(REDPANDA_TEST_\w+):-([^}]+)\}", text))
    settings = compose.settings({})
    assert written["REDPANDA_TEST_IMAGE"] == settings.image
    assert written["REDPANDA_TEST_CONTAINER"] == settings.container
    assert written["REDPANDA_TEST_HOST"] == settings.host
    assert {name: int(written[name]) for name in settings.ports} == dict(settings.ports)
    assert list(settings.ports.values()) == [19093, 19094, 19095, 18084, 18083, 9645]


def test_the_compose_file_has_no_volume_and_no_network_of_its_own():
    text = compose.FILE.read_text("utf-8")
    assert "volumes:" not in text and "networks:" not in text
    assert "network_mode: bridge" in text


def test_the_environment_overrides_image_host_and_ports():
    env = {
        "REDPANDA_TEST_IMAGE": "mirror.example/redpanda:v1",
        "REDPANDA_TEST_HOST": "docker",
        "REDPANDA_TEST_KAFKA_PORT": "20093",
    }
    settings = compose.settings(env)
    assert settings.image == "mirror.example/redpanda:v1"
    assert settings.bootstrap_servers == "docker:20093"
    assert settings.override is None


@pytest.mark.parametrize("port", ["0", "65536", "kafka", "-1"])
def test_a_port_that_is_none_is_refused_by_name(port):
    with pytest.raises(CannotStart, match=f"REDPANDA_TEST_ADMIN_PORT.*{port!r}"):
        compose.settings({"REDPANDA_TEST_ADMIN_PORT": port})


@pytest.mark.parametrize("image", [compose.STAND_IN_IMAGE, f"{compose.STAND_IN_IMAGE}:latest"])
def test_the_stand_in_image_brings_its_override(image):
    assert compose.settings({"REDPANDA_TEST_IMAGE": image}).override == compose.STAND_IN_FILE


def test_an_override_that_is_missing_is_refused(tmp_path):
    with pytest.raises(CannotStart, match=compose.OVERRIDE):
        compose.settings({compose.OVERRIDE: str(tmp_path / "none.yml")})


def test_down_names_every_file_and_a_project_only_beside_the_usual_container():
    usual = compose.Compose(["docker-compose"], compose.Settings(override=compose.STAND_IN_FILE))
    assert usual.down_args == [
        *("docker-compose", "-f", str(compose.FILE), "-f", str(compose.STAND_IN_FILE)),
        *("down", "-v", "--timeout", "1"),
    ]
    other = compose.Compose(["docker-compose"], compose.Settings(container="other"))
    assert other.down_args[3:5] == ["-p", "other"]


def test_up_marks_the_container_with_the_run_and_leaves_no_process(tmp_path):
    words = program(tmp_path, f'echo "$@" "$CHURN_TESTBED_RUN" > {tmp_path}/said')
    guardian = Deaf()
    compose.Compose(words, compose.Settings()).up(
        guardian, tmp_path / "log", within_s=10, run="4711"
    )
    assert (tmp_path / "said").read_text().split() == ["-f", str(compose.FILE), "up", "-d", "4711"]
    assert [word for word, _ in guardian.told] == ["protect", "release"]


def test_a_port_that_docker_finds_taken_is_told_with_the_variables(tmp_path):
    words = program(tmp_path, "echo 'Bind for :::19093 failed: port is already allocated'; exit 1")
    with pytest.raises(CannotStart, match="19093 failed") as caught:
        compose.Compose(words, compose.Settings()).up(Deaf(), tmp_path / "log", within_s=10, run="")
    assert caught.value.what == "A port of the broker's container is in use"
    assert "REDPANDA_TEST_KAFKA_PORT" in caught.value.next_step


def test_any_other_failure_hands_on_what_compose_said(tmp_path):
    words = program(tmp_path, "echo 'no space left on device' >&2; exit 17")
    with pytest.raises(CannotStart, match=r"ended with 17.*no space left on device"):
        compose.Compose(words, compose.Settings()).up(Deaf(), tmp_path / "log", within_s=10, run="")


def test_an_up_that_hangs_is_ended_within_its_limit(tmp_path):
    words = program(tmp_path, "echo waiting; exec sleep 60")
    with pytest.raises(CannotStart, match=r"more than 0\.3 s"):
        compose.Compose(words, compose.Settings()).up(
            Deaf(), tmp_path / "log", within_s=0.3, run=""
        )


def test_a_down_that_fails_says_what_to_do_by_hand(tmp_path):
    words = program(tmp_path, "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    with pytest.raises(BenchError, match="Cannot connect") as caught:
        compose.Compose(words, compose.Settings()).down()
    assert "docker rm -f -v telco-redpanda-test" in caught.value.next_step
