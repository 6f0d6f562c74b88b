"""Valid events are scored and invalid ones dead-lettered.

Promises: each event gets the kind of outcome that its content calls for; where the contract
leaves room, either kind is right.
Inferred from: what each record admits. A consumer that declares not to validate may score what
breaks only the schema. The reason that a dead letter names is judged by another promise.
Cannot see: events without an outcome (no-loss).
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import SCORED

ABOUT = About(
    "right-outcome", "Valid events are scored and invalid ones dead-lettered", ("INV-18",)
)
SCHEMA_BREACH = "validation_error"  # what a consumer that does not validate cannot notice


def check(case: Case) -> Finding:
    """Judge the outcomes of every record that may have any."""
    examined, violations = 0, []
    for entry in case.ledger.entries:
        if entry.answered and entry.sent.admits:
            examined += 1
            violations += _wrong(entry, scoreable(entry, case))
    return ABOUT.finding(examined, violations)


def scoreable(entry: Entry, case: Case) -> bool:
    """Whether a prediction is right, given what the consumer declared."""
    unnoticed = not case.began.validates and SCHEMA_BREACH in entry.sent.admits
    return entry.may_be_scored or unnoticed


def _wrong(entry: Entry, scoreable: bool) -> list[Violation]:
    found = []
    reasons = " or ".join(reason for reason in entry.sent.admits if reason != SCORED)
    if entry.predictions and not scoreable:
        found.append(_violation(entry, f"a dead letter ({reasons})", entry.predictions[0]))
    if entry.letters and not entry.may_be_dead_lettered:
        found.append(_violation(entry, "a prediction", entry.letters[0]))
    return found


def _violation(entry: Entry, expected: str, outcome) -> Violation:
    return ABOUT.violation(
        wording.subject(entry.sent),
        expected=expected,
        got=wording.what(outcome),
        at=outcome.at,
        **wording.about(entry),
    )
