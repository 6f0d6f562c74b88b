"""Sins of time: clocks, ages, and how long a batch may take."""

import time
from datetime import datetime

import msgspec

from consumer.processing import Processor
from tests.consumers.saboteurs.changing import (
    answers,
    batches_of,
    client_properties,
    instead,
    letters,
    predictions,
)
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import FIFTY, INVALID, ODD


@saboteur("no-loss", FIFTY, also=("no-phantom",))
def writes_the_events_time_anew():
    """Parses event_ts and writes it in its own way, so that nobody finds the event again."""

    def anew(fields: dict, _) -> dict:
        time_of_event = datetime.fromisoformat(fields["event_ts"])
        return fields | {"event_ts": time_of_event.isoformat(timespec="microseconds")}

    predictions(anew)


@saboteur("no-loss", ODD)
def drops_events_of_another_century():
    """Takes an event before 1980 for a clock that is wrong."""

    def of_now(record, right):
        try:
            when = msgspec.json.decode(record.value())["event_ts"]
        except (msgspec.DecodeError, KeyError, TypeError, RecursionError):
            return [right]
        return [] if str(when) < "1980" else [right]

    answers(of_now)


@saboteur("prediction-contract", FIFTY)
def tells_local_time():
    """processed_ts without a zone."""
    predictions(lambda fields, _: fields | {"processed_ts": fields["processed_ts"][:-1]})


@saboteur("prediction-contract", FIFTY)
def tells_the_events_time_for_its_own():
    """processed_ts is the event's own time."""
    predictions(lambda fields, _: fields | {"processed_ts": fields["event_ts"]})


@saboteur("dead-letter-contract", INVALID)
def tells_seconds_since_1970():
    """failed_ts as a number."""
    letters(lambda fields, _: fields | {"failed_ts": time.time()})


@saboteur("no-duplicates", FIFTY, source="B-43", options={"timeout.outcomes_s": "45"},
          also=("lag-returns", "no-loss", "stops-clean", "commit-reaches-end"))  # fmt: skip
def works_longer_than_a_poll_may_last():
    """Takes longer over a batch than the group allows, is put out, and begins again."""
    client_properties("Consumer", max_poll_interval_ms=6_000)
    batches_of(1000)

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        time.sleep(8)
        return batch
