"""Scores from the model's JSON: a saboteur starts often, and scikit-learn takes a second."""

from pathlib import Path

import numpy as np

from consumer import service
from consumer.features import COLUMNS
from consumer.forest import Predicted
from consumer.scoring import Scorer
from tests.consumers.honest.shared.event import BadRecordError
from tests.consumers.honest.shared.forest import Forest
from tests.consumers.saboteurs.changing import instead


class _Model:
    def __init__(self, path: Path):
        self._forest = Forest(path)

    def predict(self, rows: list[tuple]) -> Predicted:
        scores, failed = np.full(len(rows), np.nan), {}
        for number, row in enumerate(rows):
            try:
                scores[number] = self._forest.score(dict(zip(COLUMNS, row, strict=True)))
            except BadRecordError as error:
                failed[number] = str(error)
        return Predicted(scores, failed)


def score_from_json() -> None:
    """Let the reference load the JSON beside the stored model, which says the same."""

    @instead(service, "load")
    def _(_load, _data, path: Path):
        return _Model(path.with_suffix(".json"))

    @instead(Scorer, "_engine")
    def _(_engine, _self, model: _Model):
        return model.predict
