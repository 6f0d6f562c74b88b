"""What each record on an output topic shows by itself."""

from collections.abc import Iterable

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.verdict import Finding
from testbed.history import Outcome


def judge(
    about: About, case: Case, role: str, problems: Iterable[tuple[Outcome, tuple[str, ...]]]
) -> Finding:
    """One violation for each problem of each outcome of the role."""
    examined, violations = 0, []
    owners = _owners(case, role)
    for outcome, texts in problems:
        examined += 1
        violations += [
            about.violation(
                owners.get(id(outcome), f"the record at {wording.spot(outcome)}"),
                expected="a record that keeps the agreed form",
                got=text,
                where=wording.spot(outcome),
                at=outcome.at,
            )
            for text in texts
        ]
    if not examined and not case.expects(role):
        return about.not_asked(f"nothing was sent that calls for {role}")
    return about.finding(examined, violations)


def _owners(case: Case, role: str) -> dict[int, str]:
    """Whose event each faulty outcome answers, in words."""
    return {
        id(outcome): wording.subject(entry.sent)
        for entry in case.ledger.entries
        for outcome in entry.outcomes
        if outcome.role == role and (outcome.problems or outcome.exact_problems)
    }
