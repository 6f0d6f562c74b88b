"""What instances are started with."""

from testbed.fleet import Fleet, Instance, tail


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
