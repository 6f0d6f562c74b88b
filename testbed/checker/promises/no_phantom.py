"""Nobody is answered for an event that was never sent.

Promises: each record on the output topics is the outcome of an event that the suite sent.
Inferred from: outcomes that pair with no record, acknowledged or not: an acknowledgement that
never came says nothing about the record. What cannot be read at all belongs to nobody.
Cannot see: an invented outcome that looks like that of a sent event (that is a repetition).
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import PREDICTIONS, Outcome

ABOUT = About(
    "no-phantom",
    "Nobody is answered for an event that was never sent",
    ("INV-04", "INV-22"),
)


def check(case: Case) -> Finding:
    """Judge every outcome."""
    entities = _entities(case) if case.ledger.orphans else set()
    violations = [_violation(outcome, entities) for outcome in case.ledger.orphans]
    return ABOUT.finding(len(case.seen), violations)


def _entities(case: Case) -> set[str | None]:
    return {entry.sent.entity for entry in case.ledger.entries}


def _violation(outcome: Outcome, entities: set[str | None]) -> Violation:
    if outcome.identity is not None:
        subject = wording.named(outcome.identity)
    else:
        subject = f"the record at {wording.spot(outcome)}"
    near = ""
    if outcome.entity is not None and outcome.entity in entities:
        near = "this customer sent other events, but not this one"
    return ABOUT.violation(
        subject,
        expected="an outcome of an event that was sent",
        got=f"{wording.what(outcome)}, {_nobody(outcome)}",
        where=wording.spot(outcome),
        near=near,
        at=outcome.at,
    )


def _nobody(outcome: Outcome) -> str:
    if outcome.role == PREDICTIONS and outcome.identity is None:
        return "which names no event"
    if outcome.source is not None:
        return f"which claims {outcome.source} as its origin; nothing like it was sent"
    return "which fits nothing that was sent"
