"""Sins that show only where a record stands: first, last, or beside one of its kind."""

import json

from consumer.messages import INFERENCE, Event, Refusal
from consumer.processing import Processor
from tests.consumers.saboteurs.changing import instead, is_letter
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import (
    SWEPT_NARROW,
    SWEPT_NO_EVENT,
    SWEPT_NOT_JSON,
    SWEPT_WRONG_FIELD,
)


def _without(is_left_out) -> None:
    """No answer to a record for which ``is_left_out(records of its partition, its place in
    them, their answers)`` says so."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        lines: dict[int, list] = {}
        for record, right in zip(records, batch.outgoing, strict=True):
            lines.setdefault(record.partition(), []).append((record, right))
        batch.outgoing = [
            line[place][1]
            for line in lines.values()
            for place in range(len(line))
            if not is_left_out(line, place)
        ]
        return batch


@saboteur("no-loss", SWEPT_WRONG_FIELD, source="B-28")
def answers_the_same_reason_once():
    """Takes the second of two letters with the same reason for the first come again."""

    def reason(pair) -> str:
        return json.loads(pair[1].value)["error_message"] if is_letter(pair[1]) else ""

    _without(lambda line, place: place and reason(line[place]) == reason(line[place - 1]) != "")


@saboteur("no-loss", SWEPT_NOT_JSON, source="B-27")
def takes_an_empty_one_for_the_end():
    """Nothing in the last record that it fetched: the stream must be over."""
    _without(lambda line, place: place == len(line) - 1 and not (line[place][0].value() or b""))


@saboteur("no-loss", SWEPT_NO_EVENT, source="B-29")
def takes_a_list_for_the_heading():
    """A list before other records must be the names of the columns."""

    def is_heading(line, place) -> bool:
        return place == 0 < len(line) - 1 and (line[0][0].value() or b"").startswith(b"[")

    _without(is_heading)


@saboteur("right-outcome", SWEPT_NARROW, source="B-26", also="right-error-type")
def blames_the_model_for_the_next_one_too():
    """Where the model fails for one event, the one behind it is not tried."""

    @instead(Processor, "_scored")
    def _(scored, self, read):
        outcomes = scored(self, read)
        failed = [type(one) is Refusal and one.error_type == INFERENCE for one in outcomes]
        return [
            Refusal(INFERENCE, "Expected a model that works, got an error - at `$`")
            if type(read[place]) is Event and place and failed[place - 1]
            else one
            for place, one in enumerate(outcomes)
        ]
