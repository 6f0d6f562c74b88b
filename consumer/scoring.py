"""Scores whole batches, and finds the rows that the model cannot score."""

import logging
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from consumer import leaf_sets
from consumer.errors import ModelRefused
from consumer.features import COLUMNS
from consumer.forest import Forest, Parts, Predicted
from consumer.messages import INFERENCE, Refusal

log = logging.getLogger(__name__)


class Scores(NamedTuple):
    """Per row probability and label; ``refused`` has the rows without."""

    probabilities: list[float]
    labels: list[int]
    refused: dict[int, Refusal]


class Scorer:
    """Scores rows of features with a loaded model."""

    def __init__(self, model: Parts | object, version: str):
        """Take the model; raises ``ModelRefused`` if it cannot give probabilities."""
        self.version = version
        self._predict = self._engine(model)

    def score(self, rows: list[tuple]) -> Scores:
        """Score ``rows``; only those that the model cannot score are refused."""
        if not rows:
            return Scores([], [], {})
        probabilities, failed = self._or_split(rows)
        sound = np.isfinite(probabilities) & (probabilities >= 0) & (probabilities <= 1)
        for row in np.flatnonzero(~sound).tolist():
            failed.setdefault(row, "Expected a probability from the model, got none - at `$`")
        refused = {row: Refusal(INFERENCE, reason) for row, reason in failed.items()}
        labels = (probabilities > 0.5).astype(int)
        return Scores(probabilities.tolist(), labels.tolist(), refused)

    def _or_split(self, rows: list[tuple]) -> Predicted:
        """Halve what the model refuses as a whole, until only the guilty rows are left."""
        try:
            return self._predict(rows)
        except Exception as error:
            if len(rows) == 1:
                reason = f"Expected a score, got {type(error).__name__} from the model - at `$`"
                return Predicted(np.array([np.nan]), {0: reason})
        middle = len(rows) // 2
        left, right = self._or_split(rows[:middle]), self._or_split(rows[middle:])
        failed = left.failed | {middle + row: why for row, why in right.failed.items()}
        return Predicted(np.concatenate([left.probabilities, right.probabilities]), failed)

    def _engine(self, model: Parts | object) -> Callable[[list[tuple]], Predicted]:
        if isinstance(model, Parts):
            small = leaf_sets.fits(model)
            kind = "leaf-sets" if small else "nodes"
            log.info("model ready version=%s evaluation=%s", self.version, kind)
            return (leaf_sets.LeafSets if small else Forest)(model).predict
        if not hasattr(model, "predict_proba"):
            raise ModelRefused(
                f"model refused: expected predict_proba, got a {type(model).__name__} without"
            )
        log.info("model ready version=%s evaluation=pipeline", self.version)
        return _Pipeline(model).predict


class _Pipeline:
    """Any scikit-learn pipeline, through a table of the whole batch."""

    def __init__(self, model):
        self._model = model

    def predict(self, rows: list[tuple]) -> Predicted:
        import pandas  # half a second that only a model of another shape has to spend

        table = pandas.DataFrame(rows, columns=list(COLUMNS))
        churn = list(self._model.classes_).index(1)
        return Predicted(self._model.predict_proba(table)[:, churn], {})
