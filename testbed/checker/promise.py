"""What a promise is: a name, a sentence, and one pure function over a case."""

from collections.abc import Callable, Iterable

import msgspec

from testbed.checker.case import Case
from testbed.checker.verdict import Finding, Verdict, Violation


class About(msgspec.Struct, frozen=True):
    """Slug and title of a promise, and the ways to conclude on it.

    ``covers`` names the invariants of the literature that it stands for (docs/promises.md).
    """

    slug: str
    title: str
    covers: tuple[str, ...] = ()

    def finding(
        self, examined: int, violations: Iterable[Violation] = (), unknown: str = ""
    ) -> Finding:
        """BROKEN by any violation, else UNKNOWN for a reason or over nothing, else HELD."""
        violations = tuple(violations)
        if violations:
            verdict = Verdict.BROKEN
        elif unknown or not examined:
            verdict, unknown = Verdict.UNKNOWN, unknown or "there was nothing to look at"
        else:
            verdict = Verdict.HELD
        return Finding(
            promise=self.slug,
            title=self.title,
            verdict=verdict,
            examined=examined,
            violations=violations,
            reason=unknown,
        )

    def not_asked(self, why: str, *, undeclared: bool = False) -> Finding:
        """The situation does not ask for this promise, or the consumer never made it."""
        return Finding(
            promise=self.slug,
            title=self.title,
            verdict=Verdict.UNKNOWN,
            not_applicable=why,
            undeclared=undeclared,
        )

    def violation(self, subject: str, *, expected: str, got: str, **more) -> Violation:
        """One breach of this promise; ``more`` are further fields of ``Violation``."""
        return Violation(promise=self.slug, subject=subject, expected=expected, got=got, **more)


class Promise(msgspec.Struct, frozen=True):
    """A promise with its rule."""

    about: About
    check: Callable[[Case], Finding]

    @property
    def slug(self) -> str:
        """Short name, as steps and reports use it."""
        return self.about.slug

    @property
    def title(self) -> str:
        """The promise in business words."""
        return self.about.title
