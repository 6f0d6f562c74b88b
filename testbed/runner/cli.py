"""``python -m testbed run``: reads the line by the standard library, then loads the rest."""

from testbed.runner.options import parse


def main(words: list[str]) -> int:
    """Run; the exit code. Raises ``UsageError`` for a wrong line, ``SystemExit(0)`` for help."""
    asked = parse(words)
    from testbed.runner.main import run

    return run(asked)
