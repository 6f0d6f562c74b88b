"""Equal customers get equal scores.

Promises: equal features give equal scores, whoever the customer is; so no customer's result
stands under another's name where features tell them apart.
Inferred from: predictions grouped by the digest of the model's inputs. The weaker truth that
remains where the consumer has a model of its own; where it has not, right-score says more.
Cannot see: a consumer that gives everybody the same score, or a mistake it makes every time.
"""

from collections import defaultdict

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.promises.right_score import ROUNDING, TOLERANCE
from testbed.checker.verdict import Finding, Violation
from testbed.history import Outcome

ABOUT = About("consistent-score", "Equal customers get equal scores", ("INV-17",))
SPREAD = 2 * TOLERANCE + ROUNDING  # each of two may be off by the tolerance


def check(case: Case) -> Finding:
    """Judge each group of equal features that was scored more than once."""
    if case.began.oracle:
        why = "each score is compared with the model itself"
        return ABOUT.not_asked(why, undeclared=True)
    groups: dict[str, list[tuple[Entry, Outcome]]] = defaultdict(list)
    for entry in case.ledger.entries:
        if entry.sent.features is not None and entry.may_be_scored and _certain(entry):
            groups[entry.sent.features] += [(entry, outcome) for outcome in entry.predictions]
    compared = [group for group in groups.values() if len(group) > 1]
    violations = [violation for group in compared for violation in _odd_ones(group)]
    return ABOUT.finding(
        sum(map(len, compared)), violations, "" if compared else "no two events had equal features"
    )


def _certain(entry: Entry) -> bool:
    """Whether a prediction is surely for these features and not for an event that looks alike."""
    return len({one.sent.features for one in entry.account}) == 1


def _odd_ones(group: list[tuple[Entry, Outcome]]) -> list[Violation]:
    """Those that differ from what most of the group got."""
    usual = _usual(group)
    return [
        ABOUT.violation(
            wording.subject(entry.sent),
            expected=f"score {usual[1].score}, label {usual[1].label} as for equal features in "
            f"{wording.subject(usual[0].sent)}",
            got=f"score {outcome.score}, label {outcome.label} at {wording.spot(outcome)}",
            at=outcome.at,
            **wording.about(entry),
        )
        for entry, outcome in group
        if not _alike(outcome, usual[1])
    ]


def _usual(group: list[tuple[Entry, Outcome]]) -> tuple[Entry, Outcome]:
    counts: dict[tuple, list] = defaultdict(list)
    for pair in group:
        score = pair[1].score
        near = None if score is None or score != score else round(score, 4)
        counts[(near, pair[1].label)].append(pair)
    return max(counts.values(), key=len)[0]


def _alike(one: Outcome, other: Outcome) -> bool:
    if one.score is None or other.score is None:
        return one.score is other.score and one.label == other.label
    near_half = abs(other.score - 0.5) <= SPREAD
    return abs(one.score - other.score) <= SPREAD and (one.label == other.label or near_half)
