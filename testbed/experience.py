"""What a run has seen of its consumer so far, so that no fault costs all its time again and again.

A verdict never hangs on it: a consumer that needed all of a limit twice has broken a promise, and
the run is red already.
"""

from dataclasses import dataclass, replace

from testbed.history import History, Outcome, Process, Settled
from testbed.limits import Limits

TRIES = 2  # scenarios with the whole of a limit
BRIEF_STOP_S = 5.0  # for one that never stops when asked
KILLED_FOR_IT = "timeout"  # as the fleet records it


@dataclass
class Experience:
    """Scenarios in a row in which the consumer answered nothing, committed late, did not stop."""

    silent: int = 0
    late: int = 0
    deaf: int = 0

    def learn(self, history: History) -> None:
        """Take a finished scenario into account."""
        rests = history.of(Settled)
        stalled = [one for one in rests if one.reason == "stalled"]
        if any(one.seen >= one.expected for one in stalled):
            self.late += 1
        elif rests:
            self.late = 0
        if history.of(Outcome):
            self.silent = 0
        elif stalled:
            self.silent += 1
        ended = [one for one in history.of(Process) if one.what in ("exited", "killed")]
        if any(one.by == KILLED_FOR_IT for one in ended):
            self.deaf += 1
        elif ended:
            self.deaf = 0

    def session_s(self, usual_s: float) -> float:
        """How long to wait, after a stop, for what was left behind to leave the group."""
        return min(usual_s, BRIEF_STOP_S) if self.deaf >= TRIES else usual_s

    def limits(self, usual: Limits) -> Limits:
        """The limits of the next scenario."""
        first_s, stop_s = usual.first_answer_s, usual.consumer_stop_s
        commit_s = usual.late_commit_s
        if self.silent >= TRIES:
            first_s = min(first_s, usual.stalled_s)
        if self.late >= TRIES:
            commit_s = min(commit_s, usual.stalled_s)
        if self.deaf >= TRIES:
            stop_s = min(stop_s, BRIEF_STOP_S)
        return replace(
            usual, first_answer_s=first_s, late_commit_s=commit_s, consumer_stop_s=stop_s
        )
