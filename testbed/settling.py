"""When a scenario has come to rest: drained, stalled, or past its cap."""

from dataclasses import dataclass, field

from testbed.fleet import Fleet
from testbed.history import Group, History, Outcome, Process, Sent, Settled
from testbed.limits import Limits
from testbed.observers.group import GroupObserver
from testbed.observers.topics import TopicReader
from testbed.patience import NEVER_S, answers_lost_until, hidden_until

UNCLEAN = ("killed", "resumed")
# Until all is answered, commits only tell that something moves; a question costs the broker more
# than it costs the one who asks.
ASK_EVERY_S = 0.2
ENDED = ("killed", "exited")


@dataclass
class Settling:
    """Looks at the broker again and again; ``reason`` says when to stop looking.

    Slow is not wrong: only ``stalled_s`` without a new outcome or commit ends the wait. It
    counts from the end of the session of a member that is gone or was frozen, or from when a
    client has given up an answer that was lost on the way, and is ``first_answer_s`` until a
    consumer that was just started has answered anything. Where all is answered and only the commit
    is missing it is ``late_commit_s``: some commit by a clock. While an open transaction of a
    member that is gone hides what others do, it does not count.
    """

    history: History
    fleet: Fleet
    reader: TopicReader
    group: GroupObserver
    limits: Limits
    session_timeout_s: float
    phase: str = ""
    _known: dict[int, int] = field(default_factory=dict)
    _asked: float = NEVER_S
    _seen: tuple = ()
    _changed: float = 0.0
    _begun: float = field(init=False)

    def __post_init__(self):
        self._begun = self._changed = self.history.now()
        sent = [one for one in self.history.of(Sent) if one.outcome == "acknowledged"]
        self.expected = sum(1 for one in sent if one.admits)
        self.targets: dict[int, int] = {}
        for one in sent:
            if one.admits:
                self.targets[one.partition] = max(
                    self.targets.get(one.partition, 0), one.offset + 1
                )

    def reason(self) -> str:
        """``drained``, ``stalled``, ``capped``, or empty while there is hope."""
        committed = self._committed()
        now = self.history.now()
        state = (self.reader.count, tuple(sorted(committed.items())))
        if state != self._seen:
            self._seen, self._changed = state, now
        quiet_s = now - self._changed
        if not self.lag(committed):
            complete = self.reader.count >= self.expected
            over = complete or (quiet_s > self.limits.settle_s and not self._hidden(now))
            return "drained" if over else ""
        if now - self._begun > self.limits.outcomes_s:
            return "capped"
        if quiet_s <= self.limits.settle_s:
            return ""
        if quiet_s <= self._patience_s():
            return ""
        return "" if self._hidden(now) else "stalled"

    def _hidden(self, now: float) -> bool:
        """Whether a gone member's open transaction hides who goes on: the quiet begins anew."""
        hidden = now < hidden_until(self.history, self.limits) and bool(self.group.unstable())
        if hidden:
            self._changed = now
        return hidden

    def _committed(self) -> dict[int, int]:
        now = self.history.now()
        if self.reader.count >= self.expected or now - self._asked >= ASK_EVERY_S:
            self._asked, self._known = now, self.group.committed()
        return self._known

    def lag(self, committed: dict[int, int] | None = None) -> dict[int, int]:
        """Records behind per partition that has any; a partition without a commit is behind."""
        committed = self.group.committed() if committed is None else committed
        behind = {p: end - committed.get(p, 0) for p, end in self.targets.items()}
        return {p: count for p, count in behind.items() if count > 0}

    def event(self, reason: str) -> Settled:
        """What came of it, for the history."""
        return Settled(
            reason=reason,
            waited_s=round(self.history.now() - self._begun, 3),
            lag=self.lag(),
            expected=self.expected,
            seen=self.reader.count,
            phase=self.phase,
        )

    def _patience_s(self) -> float:
        if not self.fleet.running():
            return self.limits.settle_s  # nobody is left who could do anything
        held_until = max(self._session_over(), answers_lost_until(self.history, self.limits))
        patience_s = self._without_progress_s() + max(0.0, held_until - self._changed)
        started = self._last(("started",))
        if any(one.at > started for one in self.history.of(Outcome)):
            return patience_s
        return max(patience_s, self.limits.first_answer_s)

    def _session_over(self) -> float:
        """Until when the group may hold work back for a member that is gone or was frozen.

        One that was killed while it joined is given work in the next round all the same, and one
        that ends without leaving keeps its own: for a whole session from there on.
        """
        since = self._last(UNCLEAN)
        groups = self.history.of(Group)
        if groups and len(groups[-1].members) > len(self.fleet.running()):
            since = max(since, self._last(ENDED), groups[-1].at)
        return since + self.session_timeout_s

    def _without_progress_s(self) -> float:
        answered = self.reader.count >= self.expected
        return self.limits.late_commit_s if answered else self.limits.stalled_s

    def _last(self, what: tuple[str, ...]) -> float:
        """When something like that last happened to a process; long ago if never."""
        times = [one.at for one in self.history.of(Process) if one.what in what]
        return max(times, default=NEVER_S)
