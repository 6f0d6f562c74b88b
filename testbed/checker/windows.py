"""Where at-least-once leaves room: which records an unclean event may have repeated, and why.

Every bound is chosen so that no honest consumer is blamed: what is not known counts as allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from testbed.checker.crew import BY_ITSELF, IGNORED_STOP
from testbed.checker.pauses import HEARTBEAT_S, Pause, may_outlive
from testbed.checker.wording import moment
from testbed.history import Checkpoint, Fault, Process, Sent

if TYPE_CHECKING:
    from testbed.checker.case import Case

# Librdkafka's longest default wait before it tries to connect again.
RECONNECT_S = 10.0
ANY_NUMBER = 1_000_000  # of outcomes, where one may try as often as it likes


class Window(msgspec.Struct, frozen=True):
    """One unclean event: records from ``low`` (committed) to ``high`` (end of input) may repeat.

    ``more`` outcomes each, for they were read, perhaps answered, and did not count as done.
    ``refusal``: the broker said no to what was sent for them, perhaps to a part of it only.
    """

    what: str
    at: float
    low: dict[int, int]
    high: dict[int, int] | None
    refusal: bool = False

    @property
    def more(self) -> int:
        """How many outcomes beyond the first it excuses."""
        return ANY_NUMBER if self.refusal else 1

    def allows(self, sent: Sent) -> bool:
        """Whether the record may have got one more outcome; one of unknown place may."""
        if sent.offset is None:
            return True
        if sent.offset < self.low.get(sent.partition, 0):
            return False
        return self.high is None or sent.offset < self.high.get(sent.partition, sent.offset + 1)

    def why_not(self, sent: Sent) -> str:
        """Why the event does not excuse a repetition of this record."""
        done = self.low.get(sent.partition, 0)
        if sent.offset is not None and sent.offset < done:
            return (
                f"{self.what} at {moment(self.at)}, but offset {sent.offset} was already done "
                f"(committed up to {done})"
            )
        return f"{self.what} at {moment(self.at)}, but the event was published later"


def allowed(case: Case) -> list[Window]:
    """All windows of a history; none under exactly-once, whose repetitions are invisible."""
    if case.exactly_once:
        return []
    return [*_deaths(case), *_absences(case), *_cut_offs(case)]


def _deaths(case: Case) -> list[Window]:
    """Killed, gone by itself, or deaf to the request to stop: each ends without a last commit."""
    found = []
    alive: dict[int, float] = {}  # the last that was asked of an instance
    for event in case.crew.processes:
        if event.what in ("started", "stopping"):
            alive[event.instance] = event.at
        elif event.what == "killed" or (event.what == "exited" and event.by == BY_ITSELF):
            late = event.by in (BY_ITSELF, IGNORED_STOP)  # when it really ended, nobody saw
            begin = alive.get(event.instance, 0.0) if late else event.at
            frozen = [p.begin for p in case.pauses if _is_end_of(event, p)]
            found.append(_death(case, event, min([begin, *frozen]), exact=not late))
    return found


def _is_end_of(event: Process, pause: Pause) -> bool:
    return not pause.thawed and pause.instance == event.instance and pause.end == event.at


def _death(case: Case, event: Process, begin: float, *, exact: bool) -> Window:
    """``begin``: from when on others may have taken over what the dead one had in hand."""
    ended = "ended by itself" if event.by == BY_ITSELF else "was killed"
    after = _first_look(case, event.at)
    low = case.committed(begin)
    if after and exact and not case.crew.acting(event.at) and not case.crew.acting(after.at):
        low = case.committed(after.at)  # nobody was left to commit: this is what the dead had
    what = f"instance {event.instance} {ended}"
    return Window(what, event.at, low, after.input_ends if after else None)


def _absences(case: Case) -> list[Window]:
    """Frozen for so long that the group may have given its work to others."""
    found = []
    for pause in case.pauses:
        if may_outlive(pause, case.began.session_timeout_s):
            # Until its next heartbeat it does not know, and goes on with what it finds.
            after = _first_look(case, pause.end + HEARTBEAT_S)
            what = f"instance {pause.instance} was frozen for {pause.length_s:.1f} s"
            high = after.input_ends if after else None
            found.append(Window(what, pause.begin, case.committed(pause.begin), high))
    return found


def _cut_offs(case: Case) -> list[Window]:
    """Cut off from the broker: whether what was under way arrived, the consumer cannot know.

    One that leaves its group over it and comes back begins anew each time, in the same process.
    Where one topic refuses what it is sent, a batch that is tried again as a whole, again and
    again, is written to the other topic each time.
    """
    found = []
    for begin, end in cut_offs(case.faults):
        over = end + RECONNECT_S
        after = _first_look(case, over)
        high = after.input_ends if after else None
        once = Window(begin.name, begin.at, case.committed(begin.at), high, begin.refuses)
        what = f"a member left while {begin.name}"
        anew = msgspec.structs.replace(once, what=what, refusal=False)
        found += [once, *[anew] * _left(case, begin.at, over)]
    return found


def _left(case: Case, begin: float, end: float) -> int:
    """Members that were gone from the group without that one was stopped or killed before."""
    asked = [p.at for p in case.crew.processes if p.what in ("stopping", "killed")]
    until = min([end, *(at for at in asked if at > begin)])
    count, known = 0, set()
    for group in case.groups:
        now = {member.member_id for member in group.members}
        count += len(known - now) if begin < group.at <= until else 0
        known = now
    return count


def cut_offs(faults: list[Fault]) -> list[tuple[Fault, float]]:
    """Faults between consumer and broker, each with the time of its end."""
    found = []
    for number, fault in enumerate(faults):
        if fault.phase == "begin" and fault.cuts_off:
            later = faults[number + 1 :]
            ends = [e.at for e in later if e.name == fault.name and e.phase == "end"]
            found.append((fault, ends[0] if ends else float("inf")))
    return found


def _first_look(case: Case, at: float) -> Checkpoint | None:
    """The first checkpoint that was certainly taken after ``at``.

    A live one may have been under way already: another thread takes those.
    """
    later = (c for c in case.checkpoints if c.at >= at and c.reason != "live")
    return next(later, None)
