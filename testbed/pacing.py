"""Events at a steady rate, each at a time that was settled before: late ones stay due."""

from confluent_kafka import Producer

from testbed.pipeline import Pipeline
from testbed.telco.draft import Draft
from testbed.wait import until

LOTS_PER_S = 100  # events come in small lots, so that the suite itself keeps up


def publish_paced(
    pipeline: Pipeline, producer: Producer, drafts: list[Draft], rate_per_s: float
) -> None:
    """Publish by a schedule, which stands in the history as a mark (see checker/levels.py).

    Whatever holds up the suite, the broker or the service, the schedule does not wait: what
    follows is due all the same, so that a stall counts for every event that it delayed.
    ``producer`` should send each event at once.
    """
    history, publisher = pipeline.history, pipeline.publisher
    lot = max(1, round(rate_per_s / LOTS_PER_S))
    every_s = lot / rate_per_s
    drafts, expected = pipeline.prepare(drafts)
    begin = history.now() + every_s
    pipeline.mark(
        "paced", begin=begin, every_s=every_s, lot=lot, first=publisher.count, count=len(drafts)
    )

    def is_due(due: float) -> bool:
        producer.poll(0)  # the time of an acknowledgement is that of its callback
        return history.now() >= due

    for number, start in enumerate(range(0, len(drafts), lot)):
        due, end = begin + number * every_s, start + lot
        until(lambda due=due: is_due(due), within_s=due + 1.0 - history.now(),
              what="the next events to be due", every_s=0.001)  # fmt: skip
        publisher.send(producer, drafts[start:end], expected[start:end], "paced", keep_values=False)
    publisher.await_answers(producer, pipeline.limits.publish_s)
