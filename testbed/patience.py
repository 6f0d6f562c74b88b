"""For how long a consumer without any progress is slow and not stuck."""

from testbed.history import Fault, History
from testbed.limits import Limits

NEVER_S = -1e6


def answers_lost_until(history: History, limits: Limits) -> float:
    """Until when a client may still wait for an answer that a fault swallowed; long ago if never.

    From the last sign of such a fault on; the time is one of the history's.
    """
    last = max((one.at for one in history.of(Fault) if one.cuts_off), default=NEVER_S)
    return last + limits.lost_answer_s
