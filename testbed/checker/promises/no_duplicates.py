"""No event is answered twice.

Promises: exactly-once, one visible outcome per event; at-least-once, further ones only where a
member died or outlived its session: one more per such event, for records that were on the input
topic then and did not count as done. None after a clean stop, a restart, or a rebalance.
Inferred from: outcomes beyond the first of each kind, against the windows of unclean events
(testbed/checker/windows.py). Equal events share one budget.
Cannot see: a repetition that was allowed, but happened for another reason.
"""

from testbed.checker import wording
from testbed.checker.case import Case
from testbed.checker.entry import Entry
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation

ABOUT = About("no-duplicates", "No event is answered twice", ("INV-01", "INV-09"))


def check(case: Case) -> Finding:
    """Judge every account that has outcomes."""
    examined, violations = 0, []
    for account in case.ledger.accounts():
        counts = [len(entry.predictions) + len(entry.letters) for entry in account]
        examined += any(counts)
        if max(counts) > 1:
            violations += over_budget(case, account, ABOUT)
    return ABOUT.finding(examined, violations)


def over_budget(case: Case, account: list[Entry], about: About) -> list[Violation]:
    """The violation of an account with more repetitions than its windows allow, if any."""
    extra = sum(entry.extra for entry in account)
    if not extra:
        return []
    allowed = case.allowance(account)
    return [_violation(case, account, allowed, about)] if extra > allowed else []


def _violation(case: Case, account: list[Entry], allowed: int, about: About) -> Violation:
    entry = max(account, key=lambda one: one.extra)
    outcomes = [outcome for one in account for outcome in one.outcomes]
    expected = wording.counted(len(account), "outcome")
    if allowed:
        expected = f"at most {len(account) + allowed} outcomes"
    elif len(account) > 1:
        expected = f"{expected} for {len(account)} events that look alike"
    else:
        expected = f"exactly {expected}"
    return about.violation(
        wording.subject(entry.sent),
        expected=expected,
        got=f"{len(outcomes)}: {wording.spots(outcomes)}; {_why_not(case, entry)}",
        at=max(outcome.at for outcome in outcomes),
        **wording.about(entry),
    )


def _why_not(case: Case, entry: Entry) -> str:
    if case.exactly_once:
        return "exactly-once delivery was declared"
    if not case.windows:
        return "no member was killed or outlived its session"
    told = [w.why_not(entry.sent) for w in case.windows if not w.allows(entry.sent)]
    used = len(case.windows) - len(told)
    told = list(dict.fromkeys(told))
    if used:
        told.append(f"{wording.counted(used, 'unclean end')} excuses only one more each")
    return "; ".join(told)
