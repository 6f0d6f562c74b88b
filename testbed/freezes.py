"""Members that freeze: for a moment, or until their group has replaced them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from testbed.errors import NotReached
from testbed.faults import HOLD_S, frozen, goes_on, open_work, recorded
from testbed.history import Group
from testbed.pipeline import LOOK_EVERY_S, Pipeline
from testbed.traffic import Traffic
from testbed.wait import until

BRIEF_S = 2.0  # a garbage collection, a slow disk: what a session is made to outlast
MOMENTS_TRIED = 8  # of a member that is to be frozen within a transaction, or outside of one
FIRST_LOOKS = 5  # at a frozen member's transactions, before their absence is believed
IDLE_S = 2.0  # for commits by a clock of a second, of what was meant to be committed long ago
QUIET_S = 5.0  # most commit within seconds; for the others the load goes on without a quiet moment


def freeze_briefly(pipeline: Pipeline, number: int) -> None:
    """Freeze an instance until others have answered something, at most a third of a session."""
    hold_s = min(BRIEF_S, pipeline.session_timeout_s / 3)
    with recorded(pipeline, "freeze briefly") as proof, frozen(pipeline, number):
        before = pipeline.group.checkpoint("frozen")
        proof["open_work"] = open_work(before)
        begun = pipeline.history.now()
        until(lambda: pipeline.history.now() - begun >= hold_s, within_s=hold_s + 1,
              what="the freeze to last", every_s=LOOK_EVERY_S)  # fmt: skip


def freeze_until_replaced(pipeline: Pipeline, traffic: Traffic) -> None:
    """Freeze two instances until their sessions are over and their partitions belong to others.

    They thaw when nothing is left to do, and the traffic is on hold: what they do then is theirs.
    One is frozen with its work in hand and no transaction open, the other within a transaction:
    the broker fences the second by itself, and keeps nobody but the group from the first.
    """
    instances = len(pipeline.fleet.running())
    members = len(pipeline.group.describe().members)
    left = members * (instances - 2) // instances  # each may be several, a thread a member
    with (
        recorded(pipeline, "freeze past the session") as proof,
        frozen_within(pipeline, 0, transaction=False),
        frozen_within(pipeline, 1, transaction=True),
    ):
        proof["open_work"] = open_work(pipeline.group.checkpoint("paused"))
        over = pipeline.history.now() + pipeline.session_timeout_s
        until(
            lambda: _replaced(pipeline, left) and pipeline.history.now() > over,
            within_s=pipeline.session_timeout_s * 2 + pipeline.limits.consumer_ready_s,
            what="the frozen members' partitions to be taken over",
            describe=pipeline.group.describe,
            every_s=LOOK_EVERY_S,
        )
        traffic.await_progress()
        traffic.hold()
        await_all_done(pipeline)
    with suppress(NotReached):  # some end instead, and a promise tells of one that does neither
        until(
            lambda: _reunited(pipeline, members, instances),
            within_s=pipeline.session_timeout_s,
            what="every running instance to be in the group",
            every_s=LOOK_EVERY_S,
        )


def await_all_done(pipeline: Pipeline) -> None:
    """Wait until all that was published counts as done, ``QUIET_S`` at most."""

    def done() -> bool:
        committed, ends = pipeline.group.committed(), pipeline.group.ends("input")["input"]
        return all(committed.get(partition, 0) >= end for partition, end in ends.items())

    with suppress(NotReached):  # a promise tells; or it commits by a slow clock
        until(done, within_s=QUIET_S, what="all to count as done", every_s=LOOK_EVERY_S)


def await_a_commit(pipeline: Pipeline) -> None:
    """Wait for a commit though there is nothing to do, ``IDLE_S`` at most; a right one has none."""
    goes_on(pipeline, pipeline.group.committed(), IDLE_S)


@contextmanager
def frozen_within(pipeline: Pipeline, number: int, *, transaction: bool) -> Iterator[None]:
    """Freeze an instance within a transaction or outside of one, and thaw it whatever happens.

    Where no such moment is met in ``MOMENTS_TRIED``, as without transactions, at any moment.
    """
    try:
        pipeline.fleet.pause(number)
        for _ in range(MOMENTS_TRIED):
            if _holds_a_transaction(pipeline) == transaction:
                break
            pipeline.fleet.resume(number)
            pipeline.fleet.pause(number)
        yield
    finally:
        pipeline.fleet.resume(number)


def _holds_a_transaction(pipeline: Pipeline) -> bool:
    """Whether some partition stays unstable at one offset: others' transactions move on.

    The first looks may come before requests that were under way at the freeze.
    """
    looks: list[set] = []

    def none_stays() -> bool:
        looks.append(pipeline.group.unstable())
        return len(looks) >= FIRST_LOOKS and not looks[-1] & looks[-2]

    try:
        until(none_stays, within_s=HOLD_S, what="no transaction to be open", every_s=LOOK_EVERY_S)
    except NotReached:
        return True
    return False


def _replaced(pipeline: Pipeline, left: int) -> bool:
    group = pipeline.group.describe()
    return _shared_out(pipeline, group) and len(group.members) <= left


def _reunited(pipeline: Pipeline, members: int, instances: int) -> bool:
    group = pipeline.group.describe()
    back = members * len(pipeline.fleet.running()) // instances
    return _shared_out(pipeline, group) and len(group.members) >= back


def _shared_out(pipeline: Pipeline, group: Group) -> bool:
    """Whether nothing moves in the group, and each partition has one owner."""
    owned = sorted(p for member in group.members for p in member.partitions)
    return group.state == "stable" and owned == list(range(pipeline.partitions["input"]))
