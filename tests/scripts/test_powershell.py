"""The PowerShell script, by its grammar: no PowerShell runs in these tests."""

import re
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from testbed.runner import options

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
SCRIPT = SCRIPTS / "run_kafka_integration_tests.ps1"
SHELL = (SCRIPTS / "run_kafka_integration_tests.sh", SCRIPTS / "setup_venv.sh")
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))


@pytest.fixture(scope="module")
def text() -> str:
    return SCRIPT.read_text("ascii")  # Windows PowerShell 5.1 guesses at anything else


def named(node: tree_sitter.Node, kind: str) -> list[str]:
    """The texts of all nodes of a kind below ``node``."""
    own = [node.text.decode()] if node.type == kind else []
    return own + [each for child in node.children for each in named(child, kind)]


def test_the_grammar_takes_it(text):
    """And would not take it with one brace less."""
    assert not PARSER.parse(text.encode()).root_node.has_error
    cut = text[: text.rindex("}")] + text[text.rindex("}") + 1 :]
    assert PARSER.parse(cut.encode()).root_node.has_error


def test_its_switches_have_the_agreed_names(text):
    """Help, VerboseOutput, KeepContainers: and none that takes a value by its position."""
    root = PARSER.parse(text.encode()).root_node
    [block] = [each for each in named(root, "param_block") if "Help" in each]
    assert re.findall(r"\[(\w+)\]\$(\w+)", block) == [
        ("switch", "Help"), ("switch", "VerboseOutput"), ("switch", "KeepContainers"),
    ]  # fmt: skip


def test_each_option_is_one_of_the_runner(text):
    """Every spelling leads to an option that the Python program takes as its own."""
    spellings = dict(re.findall(r"'(-[A-Z]\w+)'\s+= '(--[a-z-]+)'", text))
    assert set(spellings) == {"-Broker", "-ConsumerCommand", "-Workers", "-Repeat"}
    values = {"--broker": "kafka", "--workers": "2", "--repeat": "3", "--consumer-command": "x"}
    for option in spellings.values():
        asked = options.parse([option, values[option]])
        assert option not in asked.behave_args
    for switch in re.findall(r"\{ '(--[a-z-]+)' \}", text):
        assert switch not in options.parse([switch]).behave_args


@pytest.mark.parametrize(
    "shared",
    [
        "[ERROR] Python 3.11 or newer was not found. Install it",
        "scripts/setup_venv.py",
        "--check",
        "-m testbed run",
        "CHURN_TESTBED_PROGRAM",
        "CHURN_TESTBED_CWD",
        "sys.version_info < (3, 11)",
    ],
)
def test_it_does_what_its_twin_does(text, shared):
    """The same program, message, variables and oldest Python as the bash scripts."""
    assert shared in text
    assert any(shared in path.read_text("utf-8") for path in SHELL)
