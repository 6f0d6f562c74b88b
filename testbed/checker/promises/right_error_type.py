"""Every dead letter names the right reason.

Promises: ``error_type`` is one that the record's content admits.
Inferred from: each dead letter of a record that may be dead-lettered. Where a parser decides
(a tombstone, a number that overflows), more than one reason is right.
Cannot see: whether the message beside the reason is true. Not asked under ``json`` fidelity.
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.promises.right_outcome import SCHEMA_BREACH
from testbed.checker.verdict import Finding
from testbed.history import SCORED

ABOUT = About("right-error-type", "Every dead letter names the right reason", ("INV-18",))


def check(case: Case) -> Finding:
    """Judge the reason of every dead letter that is right to be one."""
    if not case.exact_letters:
        why = "the consumer declares dead letters that only give the original back"
        return ABOUT.not_asked(why, undeclared=True)
    letters = [
        (entry, letter)
        for entry in case.ledger.entries
        for letter in entry.letters
        if entry.may_be_dead_lettered
    ]
    if not letters and not case.expects("dead letters"):
        return ABOUT.not_asked("no bad event was sent")
    violations = [
        ABOUT.violation(
            wording.subject(entry.sent),
            expected=f"error_type {' or '.join(_reasons(entry, case))}",
            got=wording.what(letter),
            at=letter.at,
            **wording.about(entry),
        )
        for entry, letter in letters
        if letter.error_type not in _reasons(entry, case)
    ]
    return ABOUT.finding(len(letters), violations)


def _reasons(entry, case: Case) -> list[str]:
    reasons = [reason for reason in entry.sent.admits if reason != SCORED]
    if not case.began.validates and SCHEMA_BREACH in reasons:
        reasons.append("inference_error")  # not noticed by the schema, but by the model
    return reasons
