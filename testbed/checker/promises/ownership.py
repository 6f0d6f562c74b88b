"""Every partition has one owner.

Promises: in a stable group each input partition belongs to exactly one member.
Inferred from: the group's states over time. A cooperative group is stable for a moment while a
partition changes hands, so only a state that lasts, with the same processes running, counts. A
member lets a partition go only between two batches, and a long batch is no breach: a partition
without an owner counts by the longest time in which nothing was answered either.
Cannot see: a member that owns a partition and does not read it (lag-returns).
"""

from itertools import pairwise

from testbed.checker.case import Case
from testbed.checker.promise import About
from testbed.checker.verdict import Finding, Violation
from testbed.checker.wording import moment
from testbed.history import INPUT, Group

ABOUT = About("every-partition-owned", "Every partition has one owner", ("INV-20",))
LASTS_S = 12.0  # a partition changes hands in less; a wait for outcomes stalls in more


def check(case: Case) -> Finding:
    """Judge every stable state of the group."""
    partitions = case.began.partitions.get(INPUT, 0)
    if not partitions:
        return ABOUT.finding(0, unknown="the number of input partitions is not known")
    examined, violations = 0, []
    for number, group in enumerate(case.groups):
        if group.state != "stable" or not group.members:
            continue
        wrong = _wrong(group, partitions)
        if not wrong:
            examined += 1
        elif _lasted_s(case, number, wrong) >= LASTS_S:
            examined += 1
            violations.append(_violation(case, number, wrong))
    return ABOUT.finding(examined, violations, "" if examined else "no stable group was seen")


def _wrong(group: Group, partitions: int) -> dict[int, int]:
    """Partition -> its number of owners, where that is not one."""
    owners = dict.fromkeys(range(partitions), 0)
    for member in group.members:
        for partition in member.partitions:
            owners[partition] = owners.get(partition, 0) + 1
    return {partition: count for partition, count in owners.items() if count != 1}


def _lasted_s(case: Case, number: int, wrong: dict[int, int]) -> float:
    """How long a state was seen while the same processes ran, in seconds."""
    begin = case.groups[number].at
    changes = [event.at for event in case.crew.processes if event.at > begin]
    later = [group.at for group in case.groups[number + 1 :]]
    end = min([*changes, *later[:1], case.last_at])
    return end - begin if max(wrong.values()) else _quiet_s(case, begin, end)


def _quiet_s(case: Case, begin: float, end: float) -> float:
    """The longest time between the two in which nothing was answered, in seconds."""
    times = [begin, *(one.at for one in case.seen if begin < one.at < end), end]
    return max(after - before for before, after in pairwise(times))


def _violation(case: Case, number: int, wrong: dict[int, int]) -> Violation:
    group = case.groups[number]
    counts = ", ".join(f"{INPUT}[{p}] has {count}" for p, count in sorted(wrong.items()))
    return ABOUT.violation(
        f"the group of {len(group.members)} members since {moment(group.at)}",
        expected="exactly 1 owner of each input partition",
        got=f"{counts} for {_lasted_s(case, number, wrong):.1f} s",
        where=", ".join(f"{INPUT}[{p}]" for p in sorted(wrong)),
        at=group.at,
    )
