"""The command template of the consumer under test: split first, then filled in."""

import json
import os
import shlex
import shutil
import string
import sys
from pathlib import Path

from testbed.errors import UsageError

PLACEHOLDERS = (
    "bootstrap_servers", "input_topic", "output_topic", "deadletter_topic", "group_id",
    "model_path", "model_json_path", "metrics_port", "instance", "client_config",
)  # fmt: skip
_IN_ENVIRONMENT = (
    "bootstrap_servers", "input_topic", "output_topic", "deadletter_topic", "group_id",
    "model_path", "metrics_port", "instance", "client_config",
)  # fmt: skip


STARTED_IN = "CHURN_TESTBED_CWD"  # the runner's script changes to the project's folder


def started_in() -> Path:
    """The folder where the run was started, in which a consumer under test runs."""
    return Path(os.environ.get(STARTED_IN, os.getcwd()))


def split(template: str) -> list[str]:
    """Split a template into words: a JSON array as it is, anything else as POSIX shell words.

    Raises ``UsageError`` for an open quote, an empty template, or an unknown placeholder.
    """
    words = _json_words(template) if template.lstrip().startswith("[") else _shell_words(template)
    if not words:
        raise UsageError("Expected a consumer command, got an empty one")
    for word in words:
        _check_placeholders(word)
    return words


def check(template: str) -> list[str]:
    """The words of a template whose program can be run from here; raises ``UsageError``."""
    words = split(template)
    program, folder = words[0], started_in()
    if "{" in program:  # known only when it is filled in
        return words
    place = folder / program if os.path.dirname(program) else program
    if not shutil.which(place):
        where = f"at {place}" if os.path.dirname(program) else "on the PATH"
        raise UsageError(
            f"Cannot run the consumer command: {program!r} is not a program",
            f"expected one {where}",
            f"Check the spelling and the rights; it is looked for from {folder}",
        )
    return words


def fill(words: list[str], values: dict[str, str]) -> list[str]:
    """Put ``values`` into each word; ``{{`` and ``}}`` become literal braces."""
    return [word.format(**values) for word in words]


def environment(values: dict[str, str]) -> dict[str, str]:
    """The same values under the names that a consumer finds in its environment."""
    names = {name: name.upper() for name in _IN_ENVIRONMENT}
    names["bootstrap_servers"] = "KAFKA_BOOTSTRAP_SERVERS"
    return {names[name]: values[name] for name in _IN_ENVIRONMENT}


def reference(*, delivery: str, validates: bool, metrics: bool) -> list[str]:
    """The template of the project's own consumer."""
    words = [
        sys.executable, "-m", "consumer",
        "--bootstrap-servers", "{bootstrap_servers}",
        "--input-topic", "{input_topic}",
        "--output-topic", "{output_topic}",
        "--deadletter-topic", "{deadletter_topic}",
        "--group-id", "{group_id}",
        "--model-path", "{model_path}",
        "--instance", "{instance}",
        "--client-config", "{client_config}",
        "--delivery", delivery,
    ]  # fmt: skip
    words += ["--metrics-port", "{metrics_port}" if metrics else "0"]
    return words if validates else [*words, "--no-validate"]


def _json_words(template: str) -> list[str]:
    try:
        words = json.loads(template)
    except ValueError as error:
        raise UsageError("Expected the consumer command as a JSON array", str(error)) from error
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UsageError("Expected the consumer command's JSON array to hold only strings")
    return words


def _shell_words(template: str) -> list[str]:
    try:
        return shlex.split(template)
    except ValueError as error:
        raise UsageError(
            "Expected the consumer command as shell words", str(error), "Close the quote"
        ) from error


def _check_placeholders(word: str) -> None:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(word) if name is not None]
    except ValueError as error:
        raise UsageError(
            f"Expected balanced braces in {word!r} of the consumer command",
            str(error),
            "Write {{ and }} for literal braces",
        ) from error
    for name in names:
        if name not in PLACEHOLDERS:
            raise UsageError(
                f"Unknown placeholder {{{name}}} in the consumer command",
                "known: " + " ".join(f"{{{known}}}" for known in PLACEHOLDERS),
            )
