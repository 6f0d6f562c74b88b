"""A forest over scaled numbers and one-hot categories, evaluated without the pipeline around it.

The arithmetic is that of scikit-learn, step by step: scaled in float64, rounded to float32,
compared with float64 thresholds, leaves added in the order of the trees. So the scores are
those of ``predict_proba``, and a model of any other shape is left to the pipeline itself.
"""

from typing import NamedTuple

import numpy as np

from consumer.features import CATEGORIES, COLUMNS, NUMERIC


class Predicted(NamedTuple):
    """Per row the probability of churn (float64), and for rows that failed the reason."""

    probabilities: np.ndarray
    failed: dict[int, str]


class _Codes(dict):
    """Category to number; what the model does not know is -1."""

    def __missing__(self, key: str) -> int:
        return -1


class Forest:
    """The parts of a fitted pipeline that decide a score."""

    def __init__(self, pipeline):
        """Take a pipeline that ``fits`` accepted."""
        transformer, forest = (step for _, step in pipeline.steps)
        scaler = transformer.named_transformers_[transformer.transformers_[0][0]]
        encoder = transformer.named_transformers_[transformer.transformers_[1][0]]
        self.mean, self.scale = scaler.mean_, scaler.scale_
        self.categories = [tuple(map(str, known)) for known in encoder.categories_]
        self.trees = [estimator.tree_ for estimator in forest.estimators_]
        self._codes = [_Codes((c, i) for i, c in enumerate(known)) for known in self.categories]
        sizes = [len(known) for known in self.categories]
        self._offsets = len(NUMERIC) + np.cumsum([0, *sizes])
        self._leaves = [np.ascontiguousarray(tree.value[:, 0, 1]) for tree in self.trees]

    def predict(self, rows: list[tuple]) -> Predicted:
        """Score ``rows``, each in the order of ``features.COLUMNS``."""
        matrix, failed = self._matrix(rows)
        total = np.zeros(len(rows))
        for tree, leaves in zip(self.trees, self._leaves, strict=True):
            total += leaves.take(tree.apply(matrix))
        return Predicted(total / len(self.trees), failed)

    def _matrix(self, rows: list[tuple]) -> tuple[np.ndarray, dict[int, str]]:
        columns = list(zip(*rows, strict=True))
        matrix = np.zeros((len(rows), self._offsets[-1]), dtype=np.float32)
        failed: dict[int, str] = {}
        numbers = np.array(columns[: len(NUMERIC)], dtype=np.float64).T
        with np.errstate(over="ignore"):
            matrix[:, : len(NUMERIC)] = (numbers - self.mean) / self.scale
        for row, column in np.argwhere(~np.isfinite(matrix[:, : len(NUMERIC)])):
            matrix[row, column] = 0
            failed[int(row)] = _reason("a number that the model can take", NUMERIC[column])
        every = np.arange(len(rows))
        for index, name in enumerate(CATEGORIES):
            texts = columns[len(NUMERIC) + index]
            codes = np.fromiter(map(self._codes[index].__getitem__, texts), np.intp, len(rows))
            for row in np.flatnonzero(codes < 0):
                failed[int(row)] = _reason("a category that the model knows", name)
            matrix[every, self._offsets[index] + np.maximum(codes, 0)] = 1
        return matrix, failed


def fits(model: object) -> bool:
    """Whether ``model`` has the shape that ``Forest`` evaluates exactly."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    if type(model) is not Pipeline or len(model.steps) != 2:
        return False
    transformer, forest = (step for _, step in model.steps)
    if type(transformer) is not ColumnTransformer or type(forest) is not RandomForestClassifier:
        return False
    if len(transformer.transformers_) != 2 or transformer.transformer_weights is not None:
        return False
    (_, scaler, numeric), (_, encoder, categorical) = transformer.transformers_
    return (
        (*numeric, *categorical) == COLUMNS
        and type(scaler) is StandardScaler
        and bool(scaler.with_mean and scaler.with_std)
        and type(encoder) is OneHotEncoder
        and encoder.handle_unknown == "error"
        and encoder.drop is None
        and encoder.min_frequency is None
        and encoder.max_categories is None
        and list(forest.classes_) == [0, 1]
    )


def as_json(forest: Forest, model_version: str) -> dict:
    """The same model as documented JSON, for scorers in other languages.

    A row is the scaled numbers ((x - mean) / scale in float64), then each category one-hot,
    all rounded to float32. In a node with ``left`` >= 0 go left where the float32 value is at
    most the float64 threshold, else right; a leaf holds the probability of churn. The score is
    the mean over the trees; the prediction is 1 where it is above 0.5.
    """
    scaling = zip(NUMERIC, forest.mean, forest.scale, strict=True)
    known = zip(CATEGORIES, forest.categories, strict=True)
    return {
        "format": "churn-forest/1",
        "model_version": model_version,
        "numeric": [
            {"name": name, "mean": float(mean), "scale": float(scale)}
            for name, mean, scale in scaling
        ],
        "categorical": [{"name": name, "categories": list(values)} for name, values in known],
        "unknown_category": "error",
        "trees": [_tree(tree) for tree in forest.trees],
    }


def _tree(tree) -> dict[str, list]:
    return {
        "feature": tree.feature.tolist(),
        "threshold": tree.threshold.tolist(),
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "probability": tree.value[:, 0, 1].tolist(),
    }


def _reason(expected: str, name: str) -> str:
    return f"Expected {expected}, got another one - at `$.{name}`"
