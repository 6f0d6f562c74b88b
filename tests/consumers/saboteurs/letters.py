"""Sins about dead letters: the original damaged, the wrong reason, or the wrong ones written."""

import json

import msgspec

from consumer import reading, strict_json
from consumer.messages import DESERIALIZATION, VALIDATION
from consumer.processing import Processor
from consumer.scoring import Scorer
from consumer.validating import Validator
from tests.consumers.saboteurs.changing import instead, is_letter, letters, of_letters
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import INVALID, MIXED, NARROW, NOT_JSON, ODD, WRONG_FIELD


@saboteur("dead-letter-faithful", WRONG_FIELD, source="B-16")
def turns_headers_round():
    """Gives the original's headers back in reverse order."""
    of_letters(lambda _, right: [right._replace(headers=right.headers[::-1])])


@saboteur("dead-letter-faithful", MIXED, source="B-16")
def keeps_one_header_of_each_name():
    """Puts headers through a mapping, so that doubled ones are lost."""
    of_letters(lambda _, right: [right._replace(headers=list(dict(right.headers).items()))])


@saboteur("dead-letter-contract", INVALID, source="B-15", quick=True, also="dead-letter-faithful")
def forgets_the_key():
    """Letters without the original's key."""
    of_letters(lambda _, right: [right._replace(key=None)])


@saboteur("dead-letter-faithful", WRONG_FIELD, source="B-18")
def writes_the_original_anew():
    """Quotes what it parsed and not what it got: blanks, order and escapes are gone."""

    def anew(fields: dict, record) -> dict:
        try:
            return fields | {"original_message": json.dumps(json.loads(record.value()))}
        except (ValueError, TypeError, RecursionError):
            return fields

    letters(anew)


@saboteur("dead-letter-faithful", NOT_JSON, source="B-22", quick=True)
def replaces_what_is_no_text():
    """Decodes with replacement signs, so that broken bytes are gone for good."""

    def replaced(fields: dict, record) -> dict:
        if fields["original_message_encoding"] != "base64":
            return fields
        text = record.value()[:1000].decode("utf-8", "replace")
        return fields | {"original_message": text, "original_message_encoding": "utf-8"}

    letters(replaced)


@saboteur("dead-letter-faithful", NOT_JSON, source="B-20")
def cuts_in_silence():
    """Shortens long originals and says nothing of it."""

    def cut(fields: dict, _) -> dict:
        if fields["original_message_encoding"] != "utf-8":
            return fields
        return fields | {"original_message": fields["original_message"][:1000]}

    letters(cut)


@saboteur("dead-letter-contract", INVALID)
def leaves_out_the_group():
    """A letter that does not say whose it is."""
    letters(lambda fields, _: {n: v for n, v in fields.items() if n != "consumer_group"})


@saboteur("dead-letter-contract", WRONG_FIELD)
def quotes_the_customer_in_the_message():
    """The error message carries the customer's data into every log."""

    def quoted(fields: dict, record) -> dict:
        return fields | {"error_message": f"bad event {record.value()[:200]!r}"}

    letters(quoted)


@saboteur("dead-letter-faithful", INVALID)
def misplaces_the_original():
    """Gives the place in its batch for the place on the topic."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        for place, right in enumerate(batch.outgoing):
            if is_letter(right):
                fields = msgspec.json.decode(right.value) | {"source_offset": 10**6 + place}
                batch.outgoing[place] = right._replace(value=msgspec.json.encode(fields))
        return batch


@saboteur("right-error-type", NOT_JSON, source="B-16", quick=True)
def calls_everything_invalid():
    """One reason for all letters."""
    letters(lambda fields, _: fields | {"error_type": VALIDATION})


@saboteur("right-error-type", NARROW)
def calls_the_models_failure_unreadable():
    """The reason of the last stage is the first one's."""

    def wrong(fields: dict, _) -> dict:
        return fields | {"error_type": DESERIALIZATION}

    letters(wrong)


@saboteur("right-outcome", NOT_JSON, source="B-58")
def keeps_the_last_of_two():
    """Its parser takes a field that comes twice, and keeps the last."""
    strict_json._DECODER = json.JSONDecoder(parse_constant=strict_json._constant)


@saboteur("right-outcome", NOT_JSON, source="B-55", also="right-error-type")
def takes_nan_for_a_number():
    """Its parser takes NaN and Infinity, where nothing looks at them."""
    strict_json._DECODER = json.JSONDecoder(object_pairs_hook=strict_json._unique)


@saboteur("right-outcome", INVALID, quick=True, also="right-error-type")
def scores_whatever_can_be_scored():
    """Does not validate: any event that has all fields gets a score."""

    @instead(reading, "Validator")
    def _(validator, *_args):
        return validator(False)


@saboteur("right-outcome", ODD)
def refuses_fields_that_it_does_not_know():
    """Takes an unknown field for a mistake."""

    @instead(Validator, "event")
    def _(event, self, document):
        if isinstance(document, dict) and len(document) > 21:
            document = {}
        return event(self, document)

    @instead(reading.Reader, "_plain")
    def _(_plain, _self, values):
        return [None] * len(values)


@saboteur("right-outcome", NARROW)
def scores_what_the_model_does_not_know():
    """Gives nought where the model raises."""

    @instead(Scorer, "score")
    def _(score, self, rows):
        scores = score(self, rows)
        for row in scores.refused:
            scores.probabilities[row] = 0.0
        scores.refused.clear()
        return scores
