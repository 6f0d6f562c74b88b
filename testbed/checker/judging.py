"""From a history to a judgement: every promise asked, no answer taken on trust."""

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import msgspec

from testbed.checker.case import REQUIRED, Case
from testbed.checker.promise import Promise
from testbed.checker.promises import PROMISES
from testbed.checker.tally import Tally, tally
from testbed.checker.verdict import Finding, Verdict, merge
from testbed.history import History, Mark


class Judgement(msgspec.Struct, frozen=True):
    """All findings of one history, and the promises that its scenario requires.

    A breach always counts. A required promise must be HELD, but for one that the consumer does
    not make; without any requirement, each promise that applies is required.
    ``tally``: the ledger in figures, for people; None where it could not be made.
    """

    findings: tuple[Finding, ...]
    required: tuple[str, ...] = ()
    tally: Tally | None = None

    @property
    def verdict(self) -> Verdict:
        """BROKEN, UNKNOWN or HELD over everything that counts."""
        return merge(finding.verdict for finding in self.findings if self._counts(finding))

    @property
    def broken(self) -> list[Finding]:
        """The findings of broken promises."""
        return [finding for finding in self.findings if finding.verdict is Verdict.BROKEN]

    def finding(self, slug: str) -> Finding:
        """What one promise says; raises ``KeyError`` for one that was not judged."""
        for finding in self.findings:
            if finding.promise == slug:
                return finding
        raise KeyError(f"{slug} was not judged; judged: {', '.join(map(_slug, self.findings))}")

    def _counts(self, finding: Finding) -> bool:
        if finding.undeclared:
            return False
        if finding.verdict is not Verdict.UNKNOWN:
            return True
        if self.required:
            return finding.promise in self.required
        return not finding.not_applicable


def judge(
    history: History,
    only: Collection[str] | None = None,
    required: Collection[str] | None = None,
    promises: tuple[Promise, ...] = PROMISES,
) -> Judgement:
    """Ask every promise, or those of ``only``, about a history.

    ``required`` defaults to what the history itself says in its marks. Raises ``ValueError``
    for a slug that no promise has, or a history without a beginning.
    """
    known = [promise.slug for promise in promises]
    case = Case(history)
    required = _required_by(case.marks) if required is None else tuple(required)
    for slug in (*(only or ()), *required):
        if slug not in known:
            raise ValueError(f"Expected one of the promises {', '.join(known)}, got {slug!r}")
    asked = [promise for promise in promises if only is None or promise.slug in only]
    with _undisturbed():
        findings = tuple(_ask(promise, case) for promise in asked)
        return Judgement(findings, required, _counted(case))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without cyclic garbage collection: over a large ledger it takes half of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _ask(promise: Promise, case: Case) -> Finding:
    """A rule that fails itself says nothing: UNKNOWN, and never HELD."""
    try:
        if not case.crew.started and not case.seen:
            return promise.about.not_asked("no consumer was started")
        return promise.check(case)
    except Exception as error:
        reason = f"the rule itself failed: {type(error).__name__}: {error}"
        return promise.about.finding(0, unknown=reason)


def _counted(case: Case) -> Tally | None:
    """A ledger that cannot be made leaves its promises UNKNOWN, each with the reason."""
    try:
        return tally(case)
    except Exception:
        return None


def _required_by(marks: list[Mark]) -> tuple[str, ...]:
    slugs = (slug for mark in marks if mark.name == REQUIRED for slug in mark.figures)
    return tuple(dict.fromkeys(slugs))


def _slug(finding: Finding) -> str:
    return finding.promise
