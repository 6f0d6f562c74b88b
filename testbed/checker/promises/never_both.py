"""No event is both scored and dead-lettered.

Promises: an event that is treated twice is treated alike.
Inferred from: entries with a prediction and a dead letter. Among equal events a prediction goes
to one without a dead letter as long as there is any.
Cannot see: among equal events, one that got both while another got none.
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.verdict import Finding

ABOUT = About("never-both", "No event is both scored and dead-lettered", ("INV-03",))


def check(case: Case) -> Finding:
    """Judge every answered entry."""
    answered = [entry for entry in case.ledger.entries if entry.answered]
    violations = [
        ABOUT.violation(
            wording.subject(entry.sent),
            expected="a prediction or a dead letter, not both",
            got=f"{wording.what(entry.predictions[0])} and {wording.what(entry.letters[0])}",
            at=max(outcome.at for outcome in entry.outcomes),
            **wording.about(entry),
        )
        for entry in answered
        if entry.predictions and entry.letters
    ]
    return ABOUT.finding(len(answered), violations)
