"""A hand-made history and what the checker must say about it."""

from collections.abc import Callable
from dataclasses import dataclass

from testbed.checker.verdict import Violation
from testbed.history import History


@dataclass(frozen=True)
class Twin:
    """``broken``: exactly the promises that are broken, the first the one it is about.

    A good twin breaks none, and its promise is HELD.
    """

    slug: str
    name: str
    make: Callable[[], History]
    broken: tuple[str, ...] = ()
    says: str = ""  # a part of the violation's text


class Twins(list):
    """Collects the twins of a module."""

    def good(self, slug: str):
        return self._add(slug, ())

    def bad(self, slug: str, *entailed: str, says: str = ""):
        return self._add(slug, (slug, *entailed), says)

    def _add(self, slug: str, broken: tuple[str, ...], says: str = ""):
        def register(make: Callable[[], History]):
            self.append(Twin(slug, (make.__doc__ or make.__name__).strip(), make, broken, says))
            return make

        return register


def told(violation: Violation) -> str:
    """All that a violation says, in one text."""
    parts = (violation.subject, violation.expected, violation.got, violation.vanished)
    return ": ".join((*parts, violation.near))
