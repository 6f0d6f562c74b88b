"""The command line of a run. Standard library only, so that ``--help`` needs no installation."""

import argparse
import os
from dataclasses import dataclass

from testbed.errors import UsageError

PROGRAM = os.environ.get("CHURN_TESTBED_PROGRAM") or "python -m testbed run"
DESCRIPTION = """\
Kafka Integration Test Runner: start a broker, run the features against a consumer, keep
logs and reports in reports/, and take everything down again."""
EPILOG = """\
All else on the line goes to behave as it is: feature files, lines, names, tags, userdata.
  features/end_to_end_flow.feature       one feature
  features/end_to_end_flow.feature:12    one scenario, by its line
  -n "scored once"                       scenarios by name
  --tags "@kafka and not @slow"          scenarios by tag
  -D consumer.delivery=at-least-once     a choice of the suite (README.md has them all)
  -- ...                                 everything behind this goes to behave

exit codes:
  0    all scenarios that apply passed
  1    a promise broke: the consumer under test is wrong
  2    the command line is wrong
  3    the run could not start, or no scenario was executed
  4    the bench is in trouble, or a verdict is unknown: nothing is said about the consumer
  130  interrupted by Ctrl-C (129 by a closed terminal, 143 by SIGTERM)
"""


MOST_WORKERS = 6  # more would only wait for the one broker


@dataclass(frozen=True)
class RunOptions:
    """What the runner itself was asked for; ``behave_args`` is the rest, untouched."""

    verbose: bool = False
    keep: bool = False
    workers: int = 1
    repeat: int = 1
    fail_fast: bool = False
    rerun_failed: bool = False
    shard: str = ""
    behave_args: tuple[str, ...] = ()


def parse(words: list[str]) -> RunOptions:
    """Read the command line. Prints help and raises ``SystemExit(0)``, or ``UsageError``."""
    ours, theirs = _split(words)
    known, unknown = _parser().parse_known_args(ours)
    defines = [("broker", known.broker), ("consumer.command", known.consumer_command)]
    if known.keep_containers:
        defines.append(("keep", "on"))
    userdata = [word for key, value in defines if value for word in ("-D", f"{key}={value}")]
    behave_args = (*unknown, *theirs, *userdata)
    return RunOptions(
        verbose=known.verbose,
        keep=known.keep_containers,
        workers=known.workers or usual_workers(behave_args),
        repeat=known.repeat,
        fail_fast=known.fail_fast,
        rerun_failed=known.rerun_failed,
        shard=known.shard or "",
        behave_args=behave_args,
    )


def usual_workers(behave_args: tuple[str, ...]) -> int:
    """Three a core up to ``MOST_WORKERS``, for they mostly wait; one for a single feature."""
    named = [word for word in behave_args if ".feature" in word]
    return 1 if len(named) == 1 else min(MOST_WORKERS, 3 * (os.cpu_count() or 1))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        raise UsageError(message.capitalize(), next_step=f"See: {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        usage="%(prog)s [OPTIONS] [behave's options and feature paths]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--verbose", action="store_true", help="show every step and the output of behave")
    add("--keep-containers", action="store_true", help="leave the broker running afterwards")
    add(
        "--broker",
        metavar="KIND",
        choices=("auto", "kafka", "redpanda", "external"),
        help="auto (default), kafka (embedded, needs no Docker), redpanda (docker compose), "
        "external (with -D broker.bootstrap_servers=HOST:PORT)",
    )
    add(
        "--consumer-command",
        metavar="TEMPLATE",
        help='the consumer under test, e.g. "my-scorer --brokers {bootstrap_servers} '
        '--in {input_topic}" (default: the reference consumer of this project)',
    )
    _add_scope(parser)
    return parser


def _add_scope(parser: argparse.ArgumentParser) -> None:
    """How much is run, how often, and where it ends."""
    add = parser.add_argument
    add(
        "--workers",
        metavar="N",
        type=_count,
        help=f"features side by side (default: three for each core, {MOST_WORKERS} at most)",
    )
    add(
        "--repeat",
        metavar="N",
        type=_count,
        default=1,
        help="run all of it N times (default: 1), each with its own reports/pass-N/; "
        "stops at the first pass that ends otherwise than the one before",
    )
    add("--fail-fast", action="store_true", help="begin nothing more after the first failure")
    add(
        "--rerun-failed",
        action="store_true",
        help="only the scenarios that did not pass in the last run",
    )
    add(
        "--shard",
        metavar="I/N",
        type=_shard,
        help="only the I-th of N parts of the features, of about the same length; "
        "python -m testbed merge joins their reports",
    )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 1000, got {text!r}")
    return int(text)


def _shard(text: str) -> str:
    from testbed.runner.sharing import parsed

    parsed(text)
    return text


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Before and behind the first ``--``."""
    cut = words.index("--") if "--" in words else len(words)
    return words[:cut], words[cut + 1 :]
