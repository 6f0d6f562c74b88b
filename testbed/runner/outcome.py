"""From what the scenarios left behind to the exit code of the run."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from testbed.errors import BenchError, CannotStart, UsageError
from testbed.reporting.record import ScenarioResult

PASSED, BROKEN = 0, 1
BEHAVES_OWN = (0, 1)  # anything else was decided by a hook, or by a signal


class Ends(NamedTuple):
    """How the behave processes of all passes ended, and what the last ones printed."""

    codes: list[int]
    last_words: str

    def and_then(self, codes: list[int], last_words: str) -> "Ends":
        """With another pass behind it."""
        return Ends(self.codes + codes, last_words)


def exit_code(results: Sequence[ScenarioResult], ends: Ends) -> int:
    """0 passed, 1 a promise broke; raises ``BenchError`` where nothing is said of the consumer."""
    codes, last_words = ends
    counts = Counter(result.status for result in results)
    if counts["failed"]:
        return BROKEN
    odd = [code for code in codes if code not in BEHAVES_OWN]
    if odd:
        raise _ended_early(odd[0], last_words)
    if counts["error"]:
        raise BenchError(
            f"{counts['error']} of {len(results)} scenarios got no verdict",
            "the bench is in trouble, or a promise could not be judged",
            "Nothing is said about the consumer by them",
        )
    if not counts["passed"]:
        raise _nothing_executed(counts["skipped"], any(codes), last_words)
    if any(codes):
        raise BenchError("behave ended with an error outside of the scenarios", last_words)
    return PASSED


def _ended_early(code: int, last_words: str) -> BenchError:
    for kind in (UsageError, CannotStart):
        if code == kind.exit_code:
            return kind("behave could not start", last_words)
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    return BenchError(f"behave ended early, {how}", last_words)


def _nothing_executed(skipped: int, failed: bool, last_words: str) -> CannotStart:
    if failed:
        return CannotStart("behave could not start", last_words)
    why = f"all {skipped} were skipped" if skipped else "none was chosen"
    return CannotStart(
        "No scenario was executed", why, "Check the paths, --tags and -n, and what is skipped"
    )
