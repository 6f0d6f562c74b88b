"""Every score is the model's own.

Promises: probability and label are what the model says about the event's features.
Inferred from: each prediction of an event for which the suite computed both itself. Scores may
differ by a millionth (float32 in other runtimes); where the model is that close to one half,
either label is right.
Cannot see: a wrong model behind the same answers. Not asked where the consumer has its own model.
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.history import Outcome

ABOUT = About("right-score", "Every score is the model's own", ("INV-17",))
TOLERANCE = 1e-6
# The comparison itself rounds: 0.3 + 1e-6 - 0.3 is a little more than 1e-6.
ROUNDING = 1e-12
SHOWN = 3  # other customers named as a likely source of a wrong score


def check(case: Case) -> Finding:
    """Judge every prediction whose right score is known."""
    if not case.began.oracle:
        return ABOUT.not_asked("the consumer has a model of its own", undeclared=True)
    pairs = [
        (entry, outcome)
        for entry in case.ledger.entries
        if entry.sent.score is not None
        for outcome in entry.predictions
    ]
    wrong = [(entry, outcome) for entry, outcome in pairs if not is_right(entry, outcome)]
    if not pairs and not any(entry.sent.score is not None for entry in case.due):
        return ABOUT.not_asked("no event was sent whose score is known")
    owners = _owners(case) if wrong else {}
    return ABOUT.finding(len(pairs), [_violation(*one, owners) for one in wrong])


def is_right(entry: Entry, outcome: Outcome) -> bool:
    """Whether score and label are the model's."""
    expected = entry.sent.score
    # Written so that NaN is wrong.
    if outcome.score is None or not abs(outcome.score - expected) <= TOLERANCE + ROUNDING:
        return False
    return outcome.label == entry.sent.label or (
        outcome.label is not None and abs(expected - 0.5) <= TOLERANCE
    )


def _owners(case: Case) -> dict[int, list[Entry]]:
    """Whose score a number is, to a millionth."""
    owners: dict[int, list[Entry]] = {}
    for entry in case.ledger.entries:
        if entry.sent.score is not None:
            owners.setdefault(round(entry.sent.score * 1e6), []).append(entry)
    return owners


def _violation(entry: Entry, outcome: Outcome, owners: dict[int, list[Entry]]) -> Violation:
    sent = entry.sent
    return ABOUT.violation(
        wording.subject(sent),
        expected=f"score {sent.score:.9g}, label {sent.label}",
        got=f"{_score(outcome)}, label {outcome.label} at {wording.spot(outcome)}",
        near=_whose(entry, outcome, owners),
        at=outcome.at,
        **wording.about(entry),
    )


def _score(outcome: Outcome) -> str:
    return "no score" if outcome.score is None else f"score {outcome.score:.9g}"


def _whose(entry: Entry, outcome: Outcome, owners: dict[int, list[Entry]]) -> str:
    """Another event to which exactly this score belongs: results were mixed up."""
    if outcome.score is None or not abs(outcome.score) <= 1:
        return ""
    same = [one for one in owners.get(round(outcome.score * 1e6), []) if one is not entry]
    if not same or abs(outcome.score - entry.sent.score) <= TOLERANCE:
        return ""
    names = "; ".join(wording.subject(one.sent) for one in same[:SHOWN])
    return f"that is the score of {names}"
