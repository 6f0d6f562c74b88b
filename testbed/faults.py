"""Faults on the consumer: always healed, and proven to have fired while there was work to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from testbed.errors import BenchError, NotReached
from testbed.history import Checkpoint, Fault, History
from testbed.pipeline import LOOK_EVERY_S, OUTPUTS, Pipeline
from testbed.traffic import Traffic
from testbed.wait import until

FRAMES = 40  # looks at the frozen consumer before a moment is given up as too rare
HOLD_S = 0.3  # a frame's longest freeze: far below any session timeout


@contextmanager
def recorded(pipeline: Pipeline, name: str) -> Iterator[dict]:
    """Record begin and end of a fault; its body puts the proof into the dict that it gets.

    ``fired`` is true when ``open_work`` shows events that were not done at that moment.
    Raises ``BenchError`` while another fault is on.
    """
    expect_alone(pipeline.history, name)
    pipeline.history.append(Fault(name=name, phase="begin"))
    proof: dict = {}
    try:
        yield proof
    finally:
        fired = proof.get("open_work", 0) > 0
        pipeline.history.append(Fault(name=name, phase="end", fired=fired, proof=proof))


def expect_alone(history: History, name: str) -> None:
    """Raise ``BenchError`` while another fault is on: nobody could tell which one did what."""
    if others := _present(history):
        raise BenchError(f"Two faults at once: '{name}' while '{others[0].name}' is on")


def expect_connected(history: History, what: str) -> None:
    """Raise ``BenchError`` while something stands between the service and its broker.

    What it then does late, or not at all, would be put down to it.
    """
    for fault in _present(history):
        if fault.cuts_off:
            raise BenchError(f"A fault during {what}: '{fault.name}' is on")


def _present(history: History) -> list[Fault]:
    """Faults that have begun and not ended."""
    begun: dict[str, Fault] = {}
    for fault in history.of(Fault):
        if fault.phase == "begin":
            begun[fault.name] = fault
        else:
            begun.pop(fault.name, None)
    return list(begun.values())


@contextmanager
def under_load(pipeline: Pipeline, name: str, traffic: Traffic) -> Iterator[None]:
    """What an operator does while events keep coming; ``open_work`` is what was still to come.

    Raises ``BenchError`` where nothing was, for then nothing was put to the test.
    """
    with recorded(pipeline, name) as proof:
        yield
        proof["open_work"] = traffic.left
    if not proof["open_work"]:
        raise BenchError(
            f"The load was over before the end of '{name}'",
            next_step="Run it again with a larger load, or on a faster machine",
        )


def open_work(checkpoint: Checkpoint) -> int:
    """Records on the input topic that did not count as done at the checkpoint."""
    return sum(
        end - checkpoint.committed.get(partition, 0)
        for partition, end in checkpoint.input_ends.items()
    )


def await_open_work(pipeline: Pipeline) -> int:
    """Wait until there is something to do, and say how much: idleness shows no fault."""
    return until(
        lambda: open_work(pipeline.group.checkpoint("live")),
        within_s=pipeline.limits.fault_bites_s,
        what="events that do not count as done yet",
        every_s=LOOK_EVERY_S,
    )


def goes_on(pipeline: Pipeline, done: dict[int, int], within_s: float) -> bool:
    """Whether other than ``done`` is committed, or nobody runs any more, so long at most."""
    try:
        until(
            lambda: not pipeline.fleet.running() or pipeline.group.committed() != done,
            within_s=within_s,
            what="the service to go on, or to end",
            every_s=LOOK_EVERY_S,
        )
    except NotReached:  # then a promise is broken, which says so
        return False
    return True


def kill(pipeline: Pipeline, number: int, moment: str = "at once") -> None:
    """SIGKILL an instance at a moment that the broker shows; see ``MOMENTS``.

    Raises ``BenchError`` where there was no open work at any moment that was looked at.
    """
    with recorded(pipeline, f"kill {moment}") as proof:
        proof["frames"] = _hold_at(pipeline, number, MOMENTS[moment])
        pipeline.fleet.kill(number)
        proof["open_work"] = open_work(pipeline.look("killed"))
        proof["answered"] = pipeline.reader.count
    if not proof["open_work"]:
        raise BenchError(
            "The kill found no work to interrupt",
            f"everything was done at each of {proof['frames']} looks",
            "Run it again with a larger load, or a slower machine",
        )


def kill_again(pipeline: Pipeline, number: int) -> None:
    """SIGKILL an instance that was just started, as soon as it is seen in its group."""
    with recorded(pipeline, "kill again") as proof:
        pipeline.await_joined()
        pipeline.fleet.kill(number)
        proof["open_work"] = open_work(pipeline.look("killed"))


@contextmanager
def frozen(pipeline: Pipeline, number: int) -> Iterator[None]:
    """Freeze an instance, and thaw it whatever happens."""
    pipeline.fleet.pause(number)
    try:
        yield
    finally:
        pipeline.fleet.resume(number)


@dataclass(frozen=True)
class Frame:
    """The broker while the consumer is frozen and nothing moves any more."""

    answered: int  # visible outcomes
    done: int  # committed input records
    open_work: int  # input records that are not committed
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
    _, visible, ends = _quiet(pipeline)
    checkpoint = pipeline.group.checkpoint("frozen", settled=visible == ends)
    pipeline.read_all()
    done = sum(checkpoint.committed.values())
    return Frame(pipeline.reader.count, done, open_work(checkpoint), visible != ends)


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


def _hold_at(pipeline: Pipeline, number: int, moment: Callable[[Frame, Frame], bool]) -> int:
    """Leave the instance frozen in the first frame that is such a moment; how many it took."""
    before = _frame(pipeline)
    for frames in range(1, FRAMES + 1):
        pipeline.fleet.pause(number)
        frame = _frame(pipeline)
        if moment(before, frame):
            return frames
        before = frame
        pipeline.fleet.resume(number)
        if not pipeline.fleet.running():
            raise BenchError("The consumer was gone before it could be killed")
    return FRAMES  # such a moment is too short to be met: the kill is as good as a random one


# A moment is told by the frame before it and by the frame itself.
MOMENTS: dict[str, Callable[[Frame, Frame], bool]] = {
    "at once": lambda _before, now: now.open_work > 0,
    "before its work counts as done": lambda _before, now: now.in_flight,
    "right after its work counted as done": lambda before, now: (
        now.done > before.done and now.answered == now.done and now.open_work > 0
    ),
}
