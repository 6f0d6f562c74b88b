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
