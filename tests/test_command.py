"""The command template of the consumer under test."""

import pytest

from testbed import command
from testbed.errors import UsageError

VALUES = dict.fromkeys(command.PLACEHOLDERS, "") | {
    "bootstrap_servers": "127.0.0.1:9092",
    "group_id": "a group",
    "instance": "2",
}


def test_words_are_split_before_they_are_filled_in():
    """A value with a space stays one word."""
    words = command.split("run --group {group_id} '--x={instance} y'")
    assert command.fill(words, VALUES) == ["run", "--group", "a group", "--x=2 y"]


def test_a_json_array_is_taken_as_it_is():
    """No quoting rules apply to a JSON array."""
    words = command.split('["node", "my consumer.js", "{instance}"]')
    assert command.fill(words, VALUES) == ["node", "my consumer.js", "2"]


def test_doubled_braces_are_literal():
    """A consumer that takes JSON on its command line can have it."""
    words = command.split("""run '{{"n": {instance}}}'""")
    assert command.fill(words, VALUES) == ["run", '{"n": 2}']


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("run {topic}", "Unknown placeholder {topic}"),
        ("run {}", "Unknown placeholder {}"),
        ("run {0}", "Unknown placeholder {0}"),
        ("run {instance", "balanced braces"),
        ("run 'open", "shell words"),
        ("   ", "empty one"),
        ("[1, 2]", "only strings"),
        ('["a"', "JSON array"),
    ],
)
def test_a_wrong_template_is_a_usage_error(template, said):
    """The message names what is wrong with it."""
    with pytest.raises(UsageError, match=said.replace("{", r"\{").replace("}", r"\}")):
        command.split(template)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the run was started: with a program, and a file that is none."""
    (tmp_path / "score").write_text("#!/bin/sh\n")
    (tmp_path / "score").chmod(0o755)
    (tmp_path / "notes").write_text("no program")
    monkeypatch.setenv(command.STARTED_IN, str(tmp_path))
    return tmp_path


def test_a_program_is_looked_for_where_the_run_was_started(folder):
    """By its path from there, in full, or on the PATH; not before it is filled in."""
    for program in ("./score", f"{folder}/score", "sh", "{model_path}"):
        assert command.check(f"{program} --group {{group_id}}")[0] == program


@pytest.mark.parametrize("program", ["./scoer", "./notes", "/nowhere/score", "no-such-program"])
def test_a_program_that_cannot_be_run_is_a_usage_error(folder, program):
    """Before anything is started, with where it was looked for."""
    with pytest.raises(UsageError, match=f"'{program}' is not a program") as caught:
        command.check(f"{program} --group {{group_id}}")
    assert str(folder) in str(caught.value)


def test_the_environment_carries_the_same_values():
    """Under the agreed names."""
    found = command.environment(VALUES)
    assert found["KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:9092"
    assert found["GROUP_ID"] == "a group"
    assert set(found) == {
        "KAFKA_BOOTSTRAP_SERVERS", "INPUT_TOPIC", "OUTPUT_TOPIC", "DEADLETTER_TOPIC", "GROUP_ID",
        "MODEL_PATH", "METRICS_PORT", "INSTANCE", "CLIENT_CONFIG",
    }  # fmt: skip


def test_the_reference_takes_what_is_declared():
    """Delivery, validation and metrics become its flags."""
    words = command.reference(delivery="at-least-once", validates=False, metrics=False)
    assert words[words.index("--delivery") + 1] == "at-least-once"
    assert words[words.index("--metrics-port") + 1] == "0"
    assert words[-1] == "--no-validate"
    command.fill(words, VALUES)
