"""Faults on the consumer: each is proven to have fired while there was work to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from testbed.history import Fault
from testbed.pipeline import Pipeline


@contextmanager
def recorded(pipeline: Pipeline, name: str) -> Iterator[dict]:
    """Record begin and end of a fault; its body puts the proof into the dict that it gets.

    ``fired`` is true when the proof shows work that was open at that moment.
    """
    pipeline.history.append(Fault(name=name, phase="begin"))
    proof: dict = {}
    try:
        yield proof
    finally:
        proof.setdefault("open_work", 0)
        pipeline.history.append(
            Fault(name=name, phase="end", fired=proof["open_work"] > 0, proof=proof)
        )


def kill_instance(pipeline: Pipeline, number: int) -> None:
    """SIGKILL an instance and look at what it leaves behind."""
    with recorded(pipeline, "kill") as proof:
        pipeline.fleet.kill(number)
        checkpoint = pipeline.look("killed")
        proof["open_work"] = open_work(checkpoint)
        proof["answered"] = pipeline.reader.count


def open_work(checkpoint) -> int:
    """Records on the input topic that did not count as done at the checkpoint."""
    return sum(
        end - checkpoint.committed.get(partition, 0)
        for partition, end in checkpoint.input_ends.items()
    )
