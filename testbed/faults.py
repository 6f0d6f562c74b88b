"""Faults on the consumer: always healed, and proven to have fired while there was work to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from testbed.errors import BenchError, NotReached
from testbed.history import Checkpoint, Fault
from testbed.pipeline import LOOK_EVERY_S, OUTPUTS, Pipeline
from testbed.wait import until

FRAMES = 40  # looks at the frozen consumer before a moment is given up as too rare
BRIEF_S = 2.0  # a garbage collection, a slow disk: what a session is made to outlast
HOLD_S = 0.3  # a frame's longest freeze: far below any session timeout


@contextmanager
def recorded(pipeline: Pipeline, name: str) -> Iterator[dict]:
    """Record begin and end of a fault; its body puts the proof into the dict that it gets.

    ``fired`` is true when ``open_work`` shows events that were not done at that moment.
    """
    pipeline.history.append(Fault(name=name, phase="begin"))
    proof: dict = {}
    try:
        yield proof
    finally:
        fired = proof.get("open_work", 0) > 0
        pipeline.history.append(Fault(name=name, phase="end", fired=fired, proof=proof))


def open_work(checkpoint: Checkpoint) -> int:
    """Records on the input topic that did not count as done at the checkpoint."""
    return sum(
        end - checkpoint.committed.get(partition, 0)
        for partition, end in checkpoint.input_ends.items()
    )


def kill(pipeline: Pipeline, number: int, moment: str = "at once") -> None:
    """SIGKILL an instance at a moment that the broker shows; see ``MOMENTS``."""
    with recorded(pipeline, f"kill {moment}") as proof:
        proof["frames"] = MOMENTS[moment](pipeline, number)
        pipeline.fleet.kill(number)
        proof["open_work"] = open_work(pipeline.look("killed"))
        proof["answered"] = pipeline.reader.count


@contextmanager
def frozen(pipeline: Pipeline, number: int) -> Iterator[None]:
    """Freeze an instance, and thaw it whatever happens."""
    pipeline.fleet.pause(number)
    try:
        yield
    finally:
        pipeline.fleet.resume(number)


def freeze_briefly(pipeline: Pipeline, number: int) -> None:
    """Freeze an instance until others have answered something, at most a third of a session."""
    hold_s = min(BRIEF_S, pipeline.session_timeout_s / 3)
    with recorded(pipeline, "freeze briefly") as proof, frozen(pipeline, number):
        before = pipeline.group.checkpoint("frozen")
        proof["open_work"] = open_work(before)
        begun = pipeline.history.now()
        until(lambda: pipeline.history.now() - begun >= hold_s, within_s=hold_s + 1,
              what="the freeze to last", every_s=LOOK_EVERY_S)  # fmt: skip


def freeze_until_replaced(pipeline: Pipeline, number: int, traffic) -> None:
    """Freeze an instance until its session is over and its partitions belong to others."""
    members = len(pipeline.fleet.running())
    with recorded(pipeline, "freeze past the session") as proof, frozen(pipeline, number):
        proof["open_work"] = open_work(pipeline.group.checkpoint("paused"))
        until(
            lambda: _replaced(pipeline, members),
            within_s=pipeline.session_timeout_s * 2 + pipeline.limits.consumer_ready_s,
            what="the frozen member's partitions to be taken over",
            describe=pipeline.group.describe,
            every_s=LOOK_EVERY_S,
        )
        traffic.await_progress()


def _replaced(pipeline: Pipeline, members: int) -> bool:
    group = pipeline.group.describe()
    owned = sorted(p for member in group.members for p in member.partitions)
    return (
        group.state == "stable"
        and len(group.members) < members
        and owned == list(range(pipeline.partitions["input"]))
    )


@dataclass(frozen=True)
class Frame:
    """The broker while the consumer is frozen and nothing moves any more."""

    answered: int  # visible outcomes
    done: int  # committed input records
    open_transaction: bool

    @property
    def in_flight(self) -> bool:
        """Whether there is work that is begun and does not count as done yet."""
        return self.open_transaction or self.answered > self.done


def look_frozen(pipeline: Pipeline, number: int) -> Frame:
    """Freeze for some milliseconds, wait until the broker is quiet, look, and thaw."""
    with frozen(pipeline, number):
        return _frame(pipeline)


def _frame(pipeline: Pipeline) -> Frame:
    still = _quiet(pipeline)
    checkpoint = pipeline.group.checkpoint("frozen", settled=still[1] == still[2])
    pipeline.read_all()
    done = sum(checkpoint.committed.values())
    return Frame(pipeline.reader.count, done, open_transaction=still[1] != still[2])


def _quiet(pipeline: Pipeline) -> tuple:
    """Commits and ends that are the same twice: requests under way have been answered."""
    group, last = pipeline.group, [None]

    def same_twice():
        now = (
            group.committed(), group.ends(*OUTPUTS), group.ends(*OUTPUTS, committed_only=False)
        )  # fmt: skip
        before, last[0] = last[0], now
        return now if now == before else None

    try:
        return until(
            same_twice, within_s=HOLD_S, what="the broker to be quiet", every_s=LOOK_EVERY_S
        )
    except NotReached:
        return last[0]  # other members work on: the picture is a moving one


def _at_once(_pipeline: Pipeline, _number: int) -> int:
    return 0


def _before_commit(pipeline: Pipeline, number: int) -> int:
    """Leave the instance frozen in a frame with work begun and not done."""
    for frames in range(1, FRAMES + 1):
        pipeline.fleet.pause(number)
        if _frame(pipeline).in_flight:
            return frames
        pipeline.fleet.resume(number)
        if not pipeline.fleet.running():
            raise BenchError("The consumer was gone before it could be killed")
    return FRAMES  # such moments are too short to be met: the kill is as good as a random one


def _after_commit(pipeline: Pipeline, _number: int) -> int:
    """Wait until the group commits something new."""
    before = pipeline.group.committed()
    try:
        until(
            lambda: pipeline.group.committed() != before,
            within_s=pipeline.limits.stalled_s,
            what="the next commit",
            every_s=0.001,
        )
    except NotReached:
        return 0  # a consumer that never commits is judged for that, not for this
    return 1


MOMENTS: dict[str, Callable[[Pipeline, int], int]] = {
    "at once": _at_once,
    "before its work counts as done": _before_commit,
    "right after its work counted as done": _after_commit,
}
