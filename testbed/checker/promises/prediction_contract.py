"""Every prediction keeps the agreed form.

Promises: each record on the predictions topic has the fields, types, ranges and key agreed upon.
Inferred from: the problems that the suite's own reading found in the record. A consumer that
declares not to validate may echo what was missing in an invalid event.
Cannot see: whether the values are right (right-score) or asked for (no-phantom).
"""

from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.promises import contracts
from testbed.checker.verdict import Finding
from testbed.history import PREDICTIONS, SCORED

ABOUT = About("prediction-contract", "Every prediction keeps the agreed form", ("INV-17",))


def check(case: Case) -> Finding:
    """Judge every prediction."""
    excused = set() if case.began.validates else _of_invalid(case)
    seen = (outcome for outcome in case.seen if outcome.role == PREDICTIONS)
    problems = ((one, () if id(one) in excused else one.problems) for one in seen)
    return contracts.judge(ABOUT, case, PREDICTIONS, problems)


def _of_invalid(case: Case) -> set[int]:
    """Predictions for events that were not valid in the first place."""
    return {
        id(outcome)
        for entry in case.ledger.entries
        if entry.sent.admits != (SCORED,)
        for outcome in entry.predictions
    }
