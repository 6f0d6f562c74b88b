"""The service's figures agree with what it did.

Promises: Prometheus can take the metrics page of every instance; where it has the agreed names,
its figures are those of the ledger, of the group, and of the commits.
Inferred from: readings taken when everything was answered and counted as done, the instances'
figures added up. Where an event was answered again, each figure may count it again or not.
Cannot see: figures of a process that ended before it was read, and what happened in between.
"""

from collections import Counter
from collections.abc import Iterator

from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.checker.wording import moment
from testbed.history import INPUT, PREDICTIONS, SCORED, Figures, Reading

ABOUT = About("figures-agree", "The service's figures agree with what it did")


def check(case: Case) -> Finding:
    """Judge the last reading of every instance."""
    readings = list({one.instance: one for one in case.of(Reading)}.values())
    if not readings:
        return ABOUT.not_asked("nobody read the service's figures")
    violations = [_unreadable(one) for one in readings if one.problems or not one.families]
    shown = [one.figures for one in readings if one.figures]
    why_not = "" if violations or not shown else _incomparable(case, readings)
    if shown and not violations and not why_not:
        at = readings[-1].at
        violations = [
            ABOUT.violation(subject, expected=expected, got=got, at=at)
            for subject, expected, got in _differences(case, shown)
        ]
    return ABOUT.finding(len(readings), violations, why_not)


def _unreadable(reading: Reading) -> Violation:
    return ABOUT.violation(
        f"the metrics page of instance {reading.instance} at {moment(reading.at)}",
        expected="a page that Prometheus takes, with figures on it",
        got="; ".join(reading.problems) or "no figures",
        at=reading.at,
    )


def _incomparable(case: Case, readings: list[Reading]) -> str:
    """Why the figures and the ledger tell of different times, or empty."""
    first = min(one.at for one in readings)
    runs = {(one.instance, one.incarnation) for one in readings}
    begun = {(e.instance, e.incarnation) for e in case.crew.processes if e.what == "started"}
    if begun - runs:
        return "an instance or a run of one was not read"
    if any(one.at > first for one in case.seen):
        return "something was answered after the figures were read"
    rest = next((one for one in reversed(case.settled) if one.at <= first), None)
    return "" if rest and rest.reason == "drained" else "it was read before all was answered"


def _differences(case: Case, shown: list[Figures]) -> Iterator[tuple[str, str, str]]:
    """Subject, what was expected, and what was shown."""
    again = sum(entry.extra for entry in case.ledger.entries)
    seen = _kinds(case)
    outcomes = sum((Counter(one.outcomes) for one in shown), Counter())
    letters = sum((Counter(one.dead_letters) for one in shown), Counter())
    for kind in sorted(seen.keys() | outcomes.keys() | letters.keys()):
        yield from _counted(f"outcomes of type {kind}", seen[kind], outcomes[kind], again)
        if kind != SCORED:
            yield from _counted(f"dead letters of type {kind}", seen[kind], letters[kind], again)
    yield from _work(shown, outcomes.total(), again)
    yield from _ownership(case, shown)
    yield from _deeds(case, shown)


def _kinds(case: Case) -> Counter:
    return Counter(SCORED if one.role == PREDICTIONS else one.error_type or "" for one in case.seen)


def _counted(subject: str, seen: float, got: float, again: int) -> Iterator[tuple[str, str, str]]:
    if not seen - again <= got <= seen:
        yield subject, _number(seen), _number(got)


def _work(shown: list[Figures], outcomes: float, again: int) -> Iterator[tuple[str, str, str]]:
    """Each event that was taken has an outcome, unless it was taken again."""
    events = sum(one.events for one in shown)
    redone = any(one.transactions.get("aborted") or one.rebalances > 1 for one in shown)
    if events < outcomes or (events > outcomes + again and not redone):
        yield "events taken", _number(outcomes), _number(events)
    records = sum(one.batch_records for one in shown)
    if records != events:
        yield "records in batches", _number(events), _number(records)
    in_flight = sum(one.in_flight for one in shown)
    if in_flight:
        yield "records in flight", "0", _number(in_flight)


def _ownership(case: Case, shown: list[Figures]) -> Iterator[tuple[str, str, str]]:
    wanted = case.began.partitions.get(INPUT, 0)
    owned = sum(one.partitions for one in shown)
    if owned != wanted:
        yield "partitions owned", str(wanted), _number(owned)
    told = Counter(partition for one in shown for partition in one.lag)
    look = next((one for one in reversed(case.checkpoints) if one.reason == "drained"), None)
    for partition in range(wanted):
        subject = f"the backlog of {INPUT}[{partition}]"
        if told[partition] != 1:
            yield subject, "a figure of one instance", f"figures of {told[partition]} instances"
        elif look:
            behind = look.input_ends.get(partition, 0) - look.committed.get(partition, 0)
            got = next(one.lag[partition] for one in shown if partition in one.lag)
            if got != behind:
                yield subject, str(behind), _number(got)


def _deeds(case: Case, shown: list[Figures]) -> Iterator[tuple[str, str, str]]:
    """What must have happened at least once for anything to be done."""
    transactions = sum(one.transactions.get("committed", 0) for one in shown)
    commits = sum(one.commits for one in shown)
    name, done = ("transactions", transactions) if case.exactly_once else ("commits", commits)
    if case.seen and not done:
        yield f"{name} that were committed", "at least 1", "0"
    if not all(one.rebalances for one in shown if one.partitions):
        yield "changes of the assignment", "at least 1 of each instance that owns any", "0"


def _number(value: float) -> str:
    return f"{value:g}" if value < 1e6 else f"{value:.0f}"
