"""Sins of scoring: a wrong number, the wrong customer's number, or a form nobody agreed on."""

import unicodedata

from consumer import reading, validating
from consumer.messages import Event
from consumer.processing import Processor
from tests.consumers.saboteurs.changing import answers, instead, is_letter, predictions
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import ALIKE, COPIES, FIFTY, FORM, MIXED, ODD, SEVERAL


@saboteur("right-score", FIFTY)
def rounds_to_three_digits():
    """Rounds the probability for display."""

    def rounded(fields: dict, _) -> dict:
        return fields | {"churn_probability": round(fields["churn_probability"], 3)}

    predictions(rounded)


@saboteur("right-score", SEVERAL, quick=True)
def remembers_a_customers_first_score():
    """Caches the score by customer, whatever the later events say."""
    known: dict[str, dict] = {}

    def cached(fields: dict, _) -> dict:
        first = known.setdefault(fields["customerID"], fields)
        return fields | {name: first[name] for name in ("churn_probability", "prediction")}

    predictions(cached)


@saboteur("right-score", FIFTY)
def calls_churn_at_four_tenths():
    """Has a threshold of its own instead of the model's label."""

    def labelled(fields: dict, _) -> dict:
        return fields | {"prediction": int(fields["churn_probability"] >= 0.4)}

    predictions(labelled)


@saboteur("right-score", MIXED, source="B-27")
def shifts_scores_behind_a_bad_record():
    """Behind a bad record of a batch the scores stand one row off."""

    @instead(Processor, "_scored")
    def _(scored, self, read):
        places = [place for place, one in enumerate(read) if type(one) is Event]
        bad = next((place for place, one in enumerate(read) if type(one) is not Event), None)
        if bad is not None and places:
            moved = [read[places[max(0, n - (place > bad))]] for n, place in enumerate(places)]
            for place, other in zip(places, moved, strict=True):
                read[place] = read[place]._replace(features=other.features)
        return scored(self, read)


@saboteur("consistent-score", ALIKE,
          options={"consumer.oracle": "off"}, quick=True)  # fmt: skip
def scores_by_name():
    """The customer's name, which the model must not see, changes the score."""

    def named(fields: dict, _) -> dict:
        shift = sum(fields["customerID"].encode()) % 7 / 1000
        return fields | {"churn_probability": abs(fields["churn_probability"] - shift)}

    predictions(named)


@saboteur("prediction-contract", FIFTY, also="order-per-customer", quick=True)
def sends_no_key():
    """Predictions without a key: nothing keeps a customer's together."""
    answers(lambda _, right: [right if is_letter(right) else right._replace(key=None)])


@saboteur(("no-phantom", "no-loss"), FIFTY, also="prediction-contract")
def composes_accents():
    """Normalises the customer's name, so that some customers are not found again."""

    def composed(fields: dict, _) -> dict:
        return fields | {"customerID": unicodedata.normalize("NFC", fields["customerID"])}

    predictions(composed)


@saboteur(("no-phantom", "no-loss"), ODD, also="prediction-contract")
def strips_blanks_from_names():
    """Takes blanks around a customer's name for a mistake of the sender."""

    def stripped(fields: dict, _) -> dict:
        return fields | {"customerID": fields["customerID"].strip() or "unknown"}

    predictions(stripped)


@saboteur("right-score", FIFTY, source="B-57")
def takes_totals_as_text_for_nothing():
    """A total that is written as text counts as nought."""

    @instead(reading, "amount")
    def _(amount, text):
        return amount(text) and 0.0

    @instead(validating, "_as_number")
    def _(as_number, value, text_too):
        return as_number(0 if isinstance(value, str) and text_too else value, text_too)


@saboteur("right-score", ODD)
def looks_at_the_label():
    """The label that some events carry leaks into the score."""

    def leaked(fields: dict, record) -> dict:
        if b'"Churn"' not in record.value():
            return fields
        return fields | {"churn_probability": (fields["churn_probability"] + 1) / 2}

    predictions(leaked)


@saboteur("prediction-contract", FORM, also="right-score")
def tells_percent():
    """A probability of 42 instead of 0.42."""

    def percent(fields: dict, _) -> dict:
        return fields | {"churn_probability": fields["churn_probability"] * 100}

    predictions(percent)


@saboteur("prediction-contract", FORM, also="right-score")
def labels_in_words():
    """The label as text."""
    predictions(lambda fields, _: fields | {"prediction": ["No", "Yes"][fields["prediction"]]})


@saboteur("prediction-contract", MIXED)
def forgets_the_model_now_and_then():
    """Each five-hundredth prediction does not say by which model."""

    def without(fields: dict, record) -> dict:
        return fields | ({"model_version": ""} if record.offset() % 500 == 499 else {})

    predictions(without)


@saboteur("consistent-score", COPIES, options={"consumer.oracle": "off"})
def warms_up():
    """The first scores after a start are a little off, until a mean has settled."""
    seen: list[int] = []

    def settling(fields: dict, _) -> dict:
        seen.append(1)
        shift = 0.01 / len(seen) if len(seen) < 20 else 0.0
        return fields | {"churn_probability": abs(fields["churn_probability"] - shift)}

    predictions(settling)
