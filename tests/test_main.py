"""``python -m testbed``: one table of commands."""

import importlib
import importlib.util

import pytest

from testbed.__main__ import COMMANDS, main


def test_help_lists_every_command(capsys):
    """With nothing or --help on the line: the table, and exit code 0."""
    assert main([]) == main(["--help"]) == 0
    told = capsys.readouterr().out
    for name, (_, text) in COMMANDS.items():
        assert name in told
        assert text in told


def test_an_unknown_command_is_named(capsys):
    """Exit code 2, and what there is instead."""
    assert main(["rnu"]) == 2
    assert "[ERROR] Unknown command 'rnu'." in capsys.readouterr().err


@pytest.mark.parametrize("module", [module for module, _ in COMMANDS.values()])
def test_every_command_is_there(module):
    """The table names no module that does not exist."""
    assert importlib.util.find_spec(module)


def test_trouble_of_a_command_is_one_line_and_its_code(capsys):
    """No traceback for what the user can put right."""
    assert main(["run", "--workers", "none"]) == 2
    assert capsys.readouterr().err.startswith("[ERROR] Argument --workers: expected")


def test_an_early_interrupt_is_no_traceback(monkeypatch, capsys):
    """Ctrl-C while the modules load: one line, and the code of an interrupt."""

    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib, "import_module", interrupted)
    assert main(["run"]) == 130
    assert capsys.readouterr().err == "[ERROR] Interrupted; nothing was started.\n"
