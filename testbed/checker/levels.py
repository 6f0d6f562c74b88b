"""Service levels of a scenario in figures: latency, backlog, recovery; from the history alone.

Times are those of the suite's own reader, which sees an outcome up to 25 ms late.
"""

from collections.abc import Callable
from math import ceil, inf

import msgspec

from testbed.checker.case import REQUIRED, Case
from testbed.checker.entry import Entry
from testbed.history import History, Mark, Sent

SLUG = "service-levels"  # of the promise about them
PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}


class Delay(msgspec.Struct, frozen=True):
    """Of one event: seconds from when it was due, and from when the broker had it.

    Infinite where it was not answered.
    """

    since_due: float
    since_published: float


def timed(history: History) -> Case | None:
    """The history as a case, if its scenario is about service levels."""
    marks = history.of(Mark)
    asked = any(mark.name == REQUIRED and SLUG in mark.figures for mark in marks)
    return Case(history) if asked else None


def figures(case: Case) -> dict[str, float]:
    """All that can be measured, by name; the unit stands last."""
    return latency(delays(case)) | backlog(case) | recovery(case)


def delays(case: Case) -> list[Delay]:
    """Of every event of a paced load, in the order in which they were due."""
    due_of = schedule(case)
    if not due_of:
        return []
    paced = [entry for entry in case.ledger.entries if entry.due and entry.sent.n in due_of]
    paced.sort(key=lambda entry: entry.sent.n)
    return [_delay(entry, due_of[entry.sent.n]) for entry in paced]


def schedule(case: Case) -> dict[int, float]:
    """When each event of a paced load was due, by its ordinal."""
    due_of: dict[int, float] = {}
    for mark in case.marks:
        if mark.name == "paced":
            plan = mark.figures
            first, lot = int(plan["first"]), int(plan["lot"])
            for place in range(int(plan["count"])):
                due_of[first + place] = plan["begin"] + place // lot * plan["every_s"]
    return due_of


def _delay(entry: Entry, due: float) -> Delay:
    answered = min((one.at for one in entry.outcomes), default=inf)
    return Delay(answered - due, max(0.0, answered - entry.sent.at))


def latency(delays: list[Delay], of: Callable[[Delay], float] = lambda one: one.since_due):
    """Percentiles by the nearest rank, so that each is a time that an event had to wait."""
    if not delays:
        return {}
    times = sorted(map(of, delays))
    told = {
        f"latency_{name}_ms": round(times[ceil(share * len(times)) - 1] * 1000, 1)
        for name, share in PERCENTILES.items()
    }
    return told | {"latency_events": len(times)}


def backlog(case: Case) -> dict[str, float]:
    """How long the first start took to work off what had been published before it."""
    start = next((one.at for one in case.crew.processes if one.what == "started"), None)
    waited = [e for e in case.ledger.entries if e.due and start and e.sent.at <= start]
    if not waited:
        return {}
    done = _done_at(case, [entry.sent for entry in waited], start)
    first = min((one.at for e in waited for one in e.outcomes), default=inf)
    rate = len(waited) / (done - first) if start < first < done < inf else 0.0
    return {
        "backlog_events": len(waited), "backlog_s": round(done - start, 3),
        "backlog_per_s": round(rate, 1),
    }  # fmt: skip


def recovery(case: Case) -> dict[str, float]:
    """How long the last kill kept the service from answering, behind the member's session."""
    killed = next((e.at for e in reversed(case.crew.processes) if e.what == "killed"), None)
    if killed is None:
        return {}
    restarted = [e.at for e in case.crew.processes if e.what == "started" and e.at > killed]
    alone = not case.crew.acting(killed)
    since = min(restarted, default=inf) if alone else killed
    answered = min((one.at for one in case.seen if one.at > since), default=inf)
    waiting = [e.sent for e in case.ledger.entries if e.due and e.sent.at <= killed]
    done = _done_at(case, waiting, killed)
    session_s = case.began.session_timeout_s
    return {
        "recovery_from_kill_s": round(answered - killed, 3),
        "recovery_s": round(max(0.0, answered - killed - session_s), 3),
        "caught_up_s": round(max(0.0, done - killed - session_s), 3),
    }


def _done_at(case: Case, sent: list[Sent], after: float) -> float:
    """When the commits that were seen first covered all these records; infinite if never."""
    ends: dict[int, int] = {}
    for one in sent:
        ends[one.partition] = max(ends.get(one.partition, 0), one.offset + 1)
    for look in case.checkpoints:
        done = look.committed
        if look.at > after and all(done.get(p, 0) >= end for p, end in ends.items()):
            return look.at
    return inf


def behind(case: Case) -> dict[int, int]:
    """Records of each input partition that had any, and do not count as done at the end."""
    committed = case.committed()
    ends = {p: entries[-1].sent.offset + 1 for p, entries in case.ledger.by_partition.items()}
    return {p: max(0, end - committed.get(p, 0)) for p, end in ends.items()}
