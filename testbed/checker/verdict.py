"""Three verdicts, and what a promise has to say."""

from collections.abc import Iterable
from enum import IntEnum

import msgspec


class Verdict(IntEnum):
    """Ordered by what wins when verdicts merge."""

    HELD = 0
    UNKNOWN = 1
    BROKEN = 2


class Violation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record (or partition) for which a promise broke: expected, got, where."""

    promise: str
    subject: str  # e.g. "customer C-0042, event 2026-01-01T00:00:07Z"
    expected: str
    got: str
    where: str = ""  # positions on the broker
    vanished: str = ""  # for a loss: where the record was last seen
    near: str = ""  # a near miss shown beside what was expected
    at: float | None = None  # seconds into the scenario, for the timeline
    n: int | None = None  # ordinal of the sent record


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one promise says about one history."""

    promise: str
    title: str
    verdict: Verdict
    examined: int = 0  # records or moments looked at; 0 is never HELD
    violations: tuple[Violation, ...] = ()
    reason: str = ""  # why UNKNOWN
    not_applicable: str = ""  # why the promise was not asked at all
    undeclared: bool = False  # not asked because the consumer does not promise it


def merge(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst one; over nothing, UNKNOWN."""
    return max(verdicts, default=Verdict.UNKNOWN)
