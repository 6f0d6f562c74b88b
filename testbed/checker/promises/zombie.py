"""A member believed dead adds nothing.

Promises: frozen past its session and back again, a member adds nothing for events that others
took over; under at-least-once no more than one further outcome for what was not done by then.
Inferred from: repetitions that became visible after the thaw, of records that were not done at
the freeze, against the windows of unclean events.
Cannot see: which member wrote an outcome.
"""

from testbed.checker.case import Case
from testbed.checker.pauses import Pause, must_outlive
from testbed.checker.promise import About
from testbed.checker.promises.no_duplicates import over_budget
from testbed.checker.verdict import Finding
from testbed.checker.wording import moment
from testbed.history import Sent

ABOUT = About("zombie-adds-nothing", "A member believed dead adds nothing", ("INV-16",))


def check(case: Case) -> Finding:
    """Judge what was in the hands of each member that outlived its session."""
    long = [p for p in case.pauses if must_outlive(p, case.began.session_timeout_s)]
    if not long:
        return ABOUT.not_asked("no member was frozen past its session")
    examined, violations, idle = 0, {}, []
    for pause in long:
        in_hand = _in_hand(case, pause)
        idle += [] if in_hand else [moment(pause.begin)]
        examined += len(in_hand)
        for entry in in_hand:
            if any(o.at >= pause.end for one in entry.account for o in one.outcomes):
                for violation in over_budget(case, entry.account, ABOUT):
                    violations[violation.n] = violation
    unknown = f"nothing was in hand at the freeze at {', '.join(idle)}" if idle else ""
    return ABOUT.finding(examined, violations.values(), unknown)


def _in_hand(case: Case, pause: Pause) -> list:
    """Answered records that were not done at the freeze, and on the input before the thaw."""
    done = case.committed(pause.begin)

    def open_then(sent: Sent) -> bool:
        return sent.offset >= done.get(sent.partition, 0) and sent.at <= pause.end

    return [
        entry
        for entries in case.ledger.by_partition.values()
        for entry in entries
        if entry.due and entry.answered and open_then(entry.sent)
    ]
