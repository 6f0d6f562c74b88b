"""The command line: flags, environment, client properties, and what is refused."""

import pytest

from consumer.errors import UsageError
from consumer.settings import parse, read_properties

NEEDED = [
    "--bootstrap-servers", "h:1", "--input-topic", "i", "--output-topic", "o",
    "--deadletter-topic", "d", "--group-id", "g", "--model-path", "m",
]  # fmt: skip


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "INPUT_TOPIC", "OUTPUT_TOPIC", "DEADLETTER_TOPIC",
                 "GROUP_ID", "MODEL_PATH"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


def test_the_defaults():
    """Exactly-once, validating, metrics on 8000."""
    settings = parse(NEEDED)
    assert settings.delivery == "exactly-once"
    assert settings.validates
    assert settings.metrics_port == 8000
    assert settings.max_messages is None
    assert settings.instance == "0"
    assert settings.client == {}


def test_the_environment_fills_in(monkeypatch):
    """A flag goes before its variable."""
    monkeypatch.setenv("GROUP_ID", "from-environment")
    assert parse(NEEDED[:8] + NEEDED[10:]).group_id == "from-environment"
    assert parse(NEEDED).group_id == "g"


def test_client_properties(tmp_path):
    """Comments and blank lines are skipped; a value may hold an equals sign."""
    path = tmp_path / "c.properties"
    path.write_text("# secret\n\nsasl.password = a=b \nsecurity.protocol=SASL_SSL\n")
    settings = parse([*NEEDED, "--client-config", str(path)])
    assert settings.client == {"sasl.password": "a=b", "security.protocol": "SASL_SSL"}
    assert "a=b" not in repr(settings)
    assert parse([*NEEDED, "--client-config", ""]).client == {}


def test_a_line_that_is_no_property_is_named_and_not_shown(tmp_path):
    """It may be a secret in the wrong place."""
    path = tmp_path / "c.properties"
    path.write_text("a=b\nhunter2\n")
    with pytest.raises(UsageError, match="line 2") as error:
        read_properties(path)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "more",
    [
        ["--metrics-port", "65536"],
        ["--metrics-port", "x"],
        ["--max-messages", "0"],
        ["--delivery", "twice"],
        ["--start-timeout", "-1"],
        ["--client-config", "/nowhere/at/all"],
        ["--model", "abbreviated"],
    ],
)
def test_usage_errors_end_with_2(more, capsys):
    """With a line that names the flag."""
    with pytest.raises(SystemExit) as ended:
        parse([*NEEDED, *more])
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_what_is_needed_is_asked_for(capsys):
    """All that is missing in one line."""
    with pytest.raises(SystemExit):
        parse([])
    said = capsys.readouterr().err
    assert all(flag in said for flag in NEEDED[::2])
