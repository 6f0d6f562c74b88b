"""A forest over scaled numbers and one-hot categories, evaluated without scikit-learn.

The arithmetic is that of scikit-learn, step by step: scaled in float64, rounded to float32,
compared with float64 thresholds, leaves added in the order of the trees. So the scores are
those of ``predict_proba``, and a model of any other shape is left to the pipeline itself.
"""

from typing import NamedTuple

import numpy as np

from consumer.features import CATEGORIES, NUMERIC


class Predicted(NamedTuple):
    """Per row the probability of churn (float64), and for rows that failed the reason."""

    probabilities: np.ndarray
    failed: dict[int, str]


class Tree(NamedTuple):
    """A node an entry; a leaf has -1 on its left, ``probability`` is that of churn."""

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    probability: np.ndarray


class Parts(NamedTuple):
    """What decides a score; ``categories`` in the order of ``features.CATEGORIES``."""

    mean: np.ndarray
    scale: np.ndarray
    categories: list[tuple[str, ...]]
    trees: list[Tree]


class Codes(dict):
    """Category, or several of them, to number; what the model does not know is -1."""

    def __missing__(self, key: str) -> int:
        return -1


def scaled(numbers: np.ndarray, parts: Parts) -> tuple[np.ndarray, dict[int, str]]:
    """The model's float32 inputs of ``numbers`` (float64, a row an event), and what it refuses.

    A refused row has 0 instead.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        inputs = ((numbers - parts.mean) / parts.scale).astype(np.float32)
    failed = {}
    for row, column in np.argwhere(~np.isfinite(inputs)).tolist():
        inputs[row, column] = 0
        failed[row] = reason("a number that the model can take", NUMERIC[column])
    return inputs, failed


class Forest:
    """Scores rows, each in the order of ``features.COLUMNS``, by walking trees of any size."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._codes = [Codes((c, i) for i, c in enumerate(known)) for known in parts.categories]
        sizes = [len(known) for known in parts.categories]
        self._offsets = len(NUMERIC) + np.cumsum([0, *sizes])
        self._nodes = _Nodes(parts.trees)

    def predict(self, rows: list[tuple]) -> Predicted:
        """Score ``rows``; those with what the model cannot take are told apart."""
        matrix, failed = self._matrix(rows)
        return Predicted(self._nodes.mean(matrix), failed)

    def _matrix(self, rows: list[tuple]) -> tuple[np.ndarray, dict[int, str]]:
        columns = list(zip(*rows, strict=True))
        matrix = np.zeros((len(rows), self._offsets[-1]), dtype=np.float32)
        numbers = np.array(columns[: len(NUMERIC)], dtype=np.float64).T
        matrix[:, : len(NUMERIC)], failed = scaled(numbers, self._parts)
        every = np.arange(len(rows))
        for index, name in enumerate(CATEGORIES):
            texts = columns[len(NUMERIC) + index]
            codes = np.fromiter(map(self._codes[index].__getitem__, texts), np.intp, len(rows))
            for row in np.flatnonzero(codes < 0):
                failed[int(row)] = reason("a category that the model knows", name)
            matrix[every, self._offsets[index] + np.maximum(codes, 0)] = 1
        return matrix, failed


class _Nodes:
    """All trees in one row of nodes, so that a level of all of them is one step for a batch."""

    def __init__(self, trees: list[Tree]):
        starts = np.cumsum([0, *(len(tree.left) for tree in trees)])
        self._roots = starts[:-1]
        moved = list(zip(trees, self._roots, strict=True))
        left = np.concatenate([np.where(t.left < 0, -1, t.left + start) for t, start in moved])
        right = np.concatenate([np.where(t.left < 0, -1, t.right + start) for t, start in moved])
        leaf, itself = left < 0, np.arange(len(left))  # a leaf leads to itself
        pairs = np.column_stack([np.where(leaf, itself, left), np.where(leaf, itself, right)])
        self._next = np.ascontiguousarray(pairs).ravel()
        self._feature = np.where(leaf, 0, np.concatenate([tree.feature for tree in trees]))
        self._threshold = np.concatenate([tree.threshold for tree in trees])
        self._probability = np.concatenate([tree.probability for tree in trees])
        self._depth = max(map(_depth, trees))

    def mean(self, matrix: np.ndarray) -> np.ndarray:
        """Per row of ``matrix`` (float32) the mean of the leaves that it reaches (float64)."""
        count, width = matrix.shape
        values, start = matrix.ravel(), np.arange(count) * width
        node = np.repeat(self._roots[:, None], count, axis=1)
        for _ in range(self._depth):
            beyond = values.take(start + self._feature.take(node)) > self._threshold.take(node)
            node = self._next.take(2 * node + beyond)
        total = np.zeros(count)
        for leaves in self._probability.take(node):
            total += leaves
        return total / len(self._roots)


def _depth(tree: Tree) -> int:
    """Steps from the root to the deepest leaf; children come after their parent."""
    depth = np.zeros(len(tree.left), dtype=int)
    for node in np.flatnonzero(tree.left >= 0):
        depth[[tree.left[node], tree.right[node]]] = depth[node] + 1
    return int(depth.max())


def as_json(parts: Parts, model_version: str) -> dict:
    """The same model as documented JSON, for scorers in other languages.

    A row is the scaled numbers ((x - mean) / scale in float64), then each category one-hot,
    all rounded to float32. In a node with ``left`` >= 0 go left where the float32 value is at
    most the float64 threshold, else right; a leaf holds the probability of churn. The score is
    the mean over the trees; the prediction is 1 where it is above 0.5.
    """
    scaling = zip(NUMERIC, parts.mean, parts.scale, strict=True)
    known = zip(CATEGORIES, parts.categories, strict=True)
    return {
        "format": "churn-forest/1",
        "model_version": model_version,
        "numeric": [
            {"name": name, "mean": float(mean), "scale": float(scale)}
            for name, mean, scale in scaling
        ],
        "categorical": [{"name": name, "categories": list(values)} for name, values in known],
        "unknown_category": "error",
        "trees": [
            {name: values.tolist() for name, values in tree._asdict().items()}
            for tree in parts.trees
        ],
    }


def reason(expected: str, name: str) -> str:
    """Why a row is refused, without what it holds."""
    return f"Expected {expected}, got another one - at `$.{name}`"
