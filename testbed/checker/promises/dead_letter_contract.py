"""Every dead letter keeps the agreed form.

Promises: each record on the dead letter topic has the fields agreed upon: under ``exact`` all of
them, under ``json`` a reason and the original message.
Inferred from: the problems that the suite's own reading found in the record.
Cannot see: whether it gives the right original back (dead-letter-faithful).
"""

from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.promises import contracts
from testbed.checker.verdict import Finding
from testbed.history import DEAD_LETTERS, Outcome

ABOUT = About("dead-letter-contract", "Every dead letter keeps the agreed form", ("INV-18",))


def check(case: Case) -> Finding:
    """Judge every dead letter."""

    def problems(letter: Outcome) -> tuple[str, ...]:
        more = letter.exact_problems if case.exact_letters else ()
        return tuple(dict.fromkeys(letter.problems + more))

    seen = ((one, problems(one)) for one in case.seen if one.role == DEAD_LETTERS)
    return contracts.judge(ABOUT, case, DEAD_LETTERS, seen)
