"""What instances are started with."""

import sys

import pytest

from testbed.command import PLACEHOLDERS
from testbed.fleet import Fleet, Instance, tail
from testbed.history import History, Process
from testbed.wait import until


def test_new_values_reach_every_instance(tmp_path):
    """Those that ran before, and those that are yet to be made."""
    fleet = Fleet(["x"], {"model_path": "old", "group_id": "g"}, None, tmp_path, "n", tmp_path, "t",
                  lambda: 1, 1.0)  # fmt: skip
    fleet.instances[0] = Instance(0, fleet.values | {"instance": "0"}, tmp_path / "log")
    fleet.give(model_path="new")
    assert fleet.instances[0].values == {"model_path": "new", "group_id": "g", "instance": "0"}
    assert fleet.values == {"model_path": "new", "group_id": "g"}


def test_one_instance_may_have_values_of_its_own(tmp_path):
    """Before it was ever started, and again after."""
    fleet = Fleet(["x"], {"client_config": "all"}, None, tmp_path, "n", tmp_path, "t",
                  lambda: 1, 1.0)  # fmt: skip
    fleet.prepare(1, client_config="own")
    assert fleet.instances[1].values["client_config"] == "own"
    fleet.prepare(1, client_config="other")
    assert fleet.instances[1].values["client_config"] == "other"
    assert fleet.values == {"client_config": "all"}
    assert list(fleet.instances) == [1]


def test_the_end_of_a_log_only_shows(tmp_path):
    """No order to a terminal, no sign that reorders or hides, no endless line."""
    log = tmp_path / "log"
    log.write_text("first\n\x1b[2J\u202etxt\x85é\n" + "x" * 999, "utf-8")
    assert tail(log, 3).split("\n") == [
        "  \\x1b[2J\\u202etxt", "  é", f"  {'x' * 300}… (999 characters)",
    ]  # fmt: skip
    assert tail(tmp_path / "none") == "  (the log is empty)"


LEAVES_A_CHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
print("started", flush=True)
time.sleep(60)
"""


@pytest.fixture
def fleet(tmp_path):
    """Of a command that starts a child of its own and does not end it when it is stopped."""
    words, values = [sys.executable, "-S", "-c", LEAVES_A_CHILD], dict.fromkeys(PLACEHOLDERS, "g")
    made = Fleet(words, values, History(), tmp_path, "n", tmp_path, "token-of-this-test",
                 lambda: 1, 5.0)  # fmt: skip
    yield made
    for instance in made.instances.values():
        instance.process.kill()


def started(fleet: Fleet, number: int = 0) -> Instance:
    instance = fleet.start(number)
    until(lambda: "started" in instance.log.read_text(), within_s=10.0, what="the child to start")
    return instance


def ending(fleet: Fleet) -> Process:
    return fleet.history.of(Process)[-1]


def test_who_leaves_a_member_of_the_group_behind_has_not_stopped(fleet):
    fleet.stop_within_s, fleet.in_group = 0.5, lambda: True
    instance = started(fleet)
    assert fleet.stop() is None
    assert (ending(fleet).what, ending(fleet).by, ending(fleet).left_behind) == (
        "killed", "timeout", 1,
    )  # fmt: skip
    assert ending(fleet).took_s >= 0.5
    assert not instance.process.family()


def test_a_member_is_given_its_session_to_be_forgotten(fleet):
    """One that ended without leaving, beside a helper that idles on."""
    fleet.stop_within_s, fleet.session_s = 0.2, 5.0
    looks = iter([True] * 5)
    fleet.in_group = lambda: next(looks, False)
    started(fleet)
    fleet.stop()
    assert (ending(fleet).what, ending(fleet).left_behind) == ("exited", 0)
    assert next(looks, None) is None


def test_a_helper_that_idles_on_is_no_member(fleet):
    """It is ended, and the stop took no longer for it."""
    instance = started(fleet)
    fleet.stop()
    assert (ending(fleet).what, ending(fleet).by) == ("exited", "suite")
    assert ending(fleet).took_s < 5.0
    assert not instance.process.family()


def test_beside_other_instances_nobody_can_tell(fleet):
    fleet.in_group = lambda: True
    started(fleet, 1)
    started(fleet)
    fleet.stop()
    assert (ending(fleet).what, ending(fleet).left_behind) == ("exited", 0)
