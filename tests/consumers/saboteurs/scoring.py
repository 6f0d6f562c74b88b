"""Sins of scoring: a wrong number, the wrong customer's number, or a form nobody agreed on."""

from consumer.messages import Event
from consumer.processing import Processor
from tests.consumers.saboteurs.changing import answers, instead, is_letter, predictions
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import ALIKE, FIFTY, MIXED, SEVERAL


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


@saboteur("prediction-contract", FIFTY, quick=True)
def sends_no_key():
    """Predictions without a key: nothing keeps a customer's together."""
    answers(lambda _, right: [right if is_letter(right) else right._replace(key=None)])
