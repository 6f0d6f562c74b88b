"""``python -m testbed recheck FILE [FILE...]``: the verdict on saved histories, without a broker.

Exit codes: 0 held, 1 a promise broke, 4 unknown, 2 usage; the worst of several files counts.
"""

import argparse
import sys
from pathlib import Path

from testbed.checker import Judgement, judge
from testbed.checker.verdict import Verdict
from testbed.errors import UsageError
from testbed.history import History
from testbed.reporting.text import harmless, verdict
from testbed.saved import load

EXIT_CODES = {Verdict.HELD: 0, Verdict.BROKEN: 1, Verdict.UNKNOWN: 4}


def main(words: list[str]) -> int:
    """Judge each file; raises ``UsageError`` for one that is missing or no history."""
    verdicts = [_recheck(path) for path in _arguments(words).files]
    return EXIT_CODES[max(verdicts)]


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m testbed recheck",
        description="Judge saved histories again and print the same verdict, without a broker.",
        epilog="Exit codes: 0 held, 1 a promise broke, 4 unknown, 2 usage.",
    )
    parser.add_argument(
        "files",
        metavar="FILE",
        type=Path,
        nargs="+",
        help="a history, as in reports/history/<scenario>.jsonl",
    )
    return parser.parse_args(words)


def _recheck(path: Path) -> Verdict:
    history, judgement = _judged(path)
    began = history.began
    sys.stdout.write(
        harmless(
            f"{began.scenario}: {judgement.verdict.name}\n"
            f"  consumer {began.consumer}, {began.delivery}, on {began.broker or 'a broker'}"
        )
        + f"\n{verdict(judgement.findings, history, str(path))}\n\n"
    )
    return judgement.verdict


def _judged(path: Path) -> tuple[History, Judgement]:
    try:
        history = load(path)
        return history, judge(history)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"Expected a saved history, got {path}",
            str(error),
            "Histories are in reports/history/, one .jsonl file a scenario",
        ) from error
