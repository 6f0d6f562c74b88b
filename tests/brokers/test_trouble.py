"""Why a container cannot be had, in words."""

import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from testbed.brokers import trouble
from testbed.brokers.container import State
from testbed.errors import CannotStart

LOG = Path("reports/redpanda.log")
NO_PROCESS = "4194305"  # above the highest process id that Linux gives


def container(run):
    return SimpleNamespace(name="telco-redpanda-test", label=lambda name: run)


def test_a_broker_that_is_not_ready_in_time_is_told_as_the_guide_has_it():
    error = trouble.explain(State("running", "starting"), "last line", 60.0, LOG)
    assert error.what == "Kafka broker failed to become ready within 60s"
    assert "container running, starting" in str(error) and "last line" in str(error)
    assert "reports/redpanda.log" in error.next_step


def test_a_container_out_of_memory_names_the_setting():
    error = trouble.explain(State("exited", "", True, 137), "Killed", 60.0, LOG)
    assert "memory limit is too small" in error.what
    assert "REDPANDA_TEST_MEMORY" in error.next_step


def test_a_container_that_ended_tells_its_exit_code_and_last_words():
    error = trouble.explain(State("exited", "", False, 3), "bad option", 60.0, LOG)
    assert "ended by itself" in error.what
    assert "exit code 3" in error.cause and "bad option" in error.cause


def test_a_container_without_a_word_says_that():
    assert "said nothing" in trouble.explain(State("dead"), "", 60.0, LOG).cause


def test_the_container_of_a_living_run_is_not_taken_from_it():
    with pytest.raises(CannotStart, match=f"belongs to another run.*{os.getpid()}"):
        trouble.refuse_foreign(container(str(os.getpid())), State("running", "healthy"))


def test_a_container_started_by_hand_is_not_refused():
    trouble.refuse_foreign(container(""), State("running", "healthy"))


def test_a_paused_container_is_refused_with_the_cure():
    with pytest.raises(CannotStart, match="docker unpause telco-redpanda-test"):
        trouble.refuse_foreign(container(""), State("paused", "unhealthy"))


@pytest.mark.parametrize(
    ("run", "orphan"), [("", False), (str(os.getpid()), False), (NO_PROCESS, True)]
)
def test_only_what_a_dead_run_left_is_an_orphan(run, orphan):
    assert trouble.is_orphan(container(run)) is orphan


def test_a_port_in_use_names_the_listener_and_the_variable():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is in use") as caught:
            trouble.check_ports({"REDPANDA_TEST_KAFKA_PORT": port})
    assert f"pid {os.getpid()}" in caught.value.cause
    assert "REDPANDA_TEST_KAFKA_PORT=" in caught.value.next_step
    trouble.check_ports({"REDPANDA_TEST_KAFKA_PORT": port})
