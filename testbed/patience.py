"""For how long a consumer without any progress is slow and not stuck."""

from testbed.history import Fault, History, Process
from testbed.limits import Limits

NEVER_S = -1e6
GONE = ("killed", "paused", "resumed")  # with whatever was open at that time


def answers_lost_until(history: History, limits: Limits) -> float:
    """Until when a client may still wait for an answer that a fault swallowed; long ago if never.

    From the last sign of such a fault on; the time is one of the history's.
    """
    last = max((one.at for one in history.of(Fault) if one.cuts_off), default=NEVER_S)
    return last + limits.lost_answer_s


def hidden_until(history: History, limits: Limits) -> float:
    """Until when an open transaction of a member that is gone may hide others' answers.

    Successors that take its transactional id over end it at once; those with ids of their own
    wait for the broker. Long ago where nobody was killed or frozen.
    """
    last = max((one.at for one in history.of(Process) if one.what in GONE), default=NEVER_S)
    return last + limits.open_transaction_s
