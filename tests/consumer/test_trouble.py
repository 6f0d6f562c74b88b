"""Trouble in the middle of full work, with a real broker: nothing lost, nothing twice."""

from random import Random

from harness import expected

from testbed.history import DEAD_LETTERS, PREDICTIONS
from testbed.telco.customers import stream, valid
from testbed.telco.events import random_event, timestamp
from testbed.telco.reading import read_dead_letter
from testbed.telco.writing import compact

STOP_WITHIN_S = 30.0
KNOWN, UNKNOWN = "Mailed check", "Credit card (automatic)"  # to the narrow model


def event(number: int, identity: str = "", **fields) -> dict:
    """A valid event of its own."""
    made = random_event(Random(number), identity or f"C-{number:06}", timestamp(number), 12)
    return {**made, "PaymentMethod": KNOWN, **fields}


def drafts_of(events: list[dict]) -> list:
    """Their records."""
    return [valid(one, compact(one)) for one in events]


def assert_done(line, process, drafts, *, dead: int) -> None:
    """Stopped in order, all committed; each record has its one outcome."""
    process.terminate()
    assert process.wait(STOP_WITHIN_S) == 0
    assert sum(line.committed().values()) >= len(drafts)
    letters = line.dead()
    assert len(letters) == dead and set(letters.values()) <= {1}
    assert set(line.scored().values()) <= {1}
    assert len(line.scored()) == len(drafts) - dead


def test_a_producer_whose_queue_is_always_full(pipeline, delivery, tmp_path):
    """The queue takes a fraction of a batch: what does not fit waits, in order, and is not lost."""
    config = tmp_path / "client.properties"
    config.write_text("queue.buffering.max.messages=200\n")
    line, drafts = pipeline(delivery=delivery), drafts_of([event(n) for n in range(3000)])
    line.publish(drafts)
    process = line.start(client_config=str(config))
    line.await_outcomes(len(drafts))
    assert_done(line, process, drafts, dead=0)


def test_batches_of_nothing_but_poison(pipeline, delivery):
    """Every record is dead-lettered once, and the group's commits reach the end."""
    drafts = [one for one in stream(12, 30_000) if "scored" not in one.admits]
    assert len(drafts) > 500
    line = pipeline(delivery=delivery)
    line.publish(drafts)
    process = line.start()
    line.await_outcomes(len(drafts))
    assert_done(line, process, drafts, dead=len(drafts))
    assert expected(drafts)[1] == len(drafts)


def test_one_row_of_a_batch_that_the_model_cannot_score(pipeline, delivery, model_files):
    """Only that one is dead-lettered, as an inference error."""
    events = [event(n) for n in range(2000)]
    events[777] = event(777, PaymentMethod=UNKNOWN)
    line, drafts = pipeline(delivery=delivery), drafts_of(events)
    line.publish(drafts)
    process = line.start(model_path=str(model_files / "model-narrow.skops"))
    line.await_outcomes(len(drafts))
    [letter] = [read_dead_letter(raw) for raw in line.raw(DEAD_LETTERS)]
    assert letter.error_type == "inference_error"
    assert_done(line, process, drafts, dead=1)


def test_one_prediction_that_its_topic_refuses(pipeline, delivery):
    """It is tried on, never dead-lettered, and nothing behind it is committed over it."""
    hard_to_compress = "".join(map(chr, Random(1).sample(range(0x20000, 0x2A000), 64)))
    large = event(100, identity=hard_to_compress)
    line = pipeline(delivery=delivery)
    drafts = drafts_of(
        [*(event(n) for n in range(100)), large, *(event(n) for n in range(101, 200))]
    )
    line.limit_size(PREDICTIONS, 400)
    process = line.start()
    line.await_said("running")
    line.publish(drafts)
    line.await_said("cause=MSG_SIZE_TOO_LARGE")
    assert sum(line.committed().values()) < len(drafts)
    line.limit_size(PREDICTIONS, 1_048_588)
    line.await_outcomes(len(drafts))
    assert_done(line, process, drafts, dead=0)
