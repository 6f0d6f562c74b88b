"""The part of the command line that is behave's, read as behave itself will read it."""

import contextlib
import io
import subprocess
import sys
from dataclasses import dataclass

from testbed.errors import UsageError
from testbed.runner.suite import behave_environment

TELLS = ("dry_run", "version", "tags_help", "lang_list", "lang_help", "steps_catalog")


@dataclass(frozen=True)
class BehaveLine:
    """``only_tells``: nothing will be run, so that no broker is needed."""

    userdata: dict[str, str]
    paths: list[str]
    only_tells: bool


def read(words: tuple[str, ...]) -> BehaveLine:
    """Options of the line and of ``behave.ini``; raises ``UsageError`` with behave's own words."""
    from behave.configuration import Configuration  # a fifth of a second

    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            config = Configuration(list(words))
    except SystemExit as error:
        raise UsageError(_last_line(said.getvalue()), next_step="See: behave --help") from error
    except Exception as error:  # tag expressions and settings raise what they like
        raise UsageError(f"behave refuses its options: {error}") from error
    return BehaveLine(
        userdata=dict(config.userdata),
        paths=[str(path) for path in config.paths],
        only_tells=any(getattr(config, name, None) for name in TELLS)
        or "help" in [*(config.format or []), config.lang, config.runner],
    )


def forward(words: tuple[str, ...]) -> int:
    """Let behave answer by itself; its exit code."""
    env = behave_environment()
    return subprocess.run([sys.executable, "-m", "behave", *words], env=env, check=False).returncode


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "behave refuses its options"
