"""The churn model from its documented JSON, scored in plain Python."""

import json
import struct
from pathlib import Path

from .event import BadRecordError

FLOAT32 = struct.Struct("f")


class Forest:
    """Scaled numbers, one-hot categories, and the mean over the trees."""

    def __init__(self, path: Path):
        model = json.loads(path.read_text("utf-8"))
        if model["format"] != "churn-forest/1":
            raise ValueError(f"expected churn-forest/1, got another format, at {path}")
        self.version = model["model_version"]
        self._numeric, self._categorical = model["numeric"], model["categorical"]
        self._trees = [
            tuple(tree[name] for name in ("feature", "threshold", "left", "right", "probability"))
            for tree in model["trees"]
        ]

    def score(self, event: dict) -> float:
        """The churn probability; raises ``BadRecordError`` for a category that it does not know."""
        row = self._row(event)
        return sum(_leaf(tree, row) for tree in self._trees) / len(self._trees)

    def _row(self, event: dict) -> list[float]:
        row = [
            FLOAT32.unpack(FLOAT32.pack((event[each["name"]] - each["mean"]) / each["scale"]))[0]
            for each in self._numeric
        ]
        for each in self._categorical:
            value = event[each["name"]]
            if value not in each["categories"]:
                raise BadRecordError(
                    "inference_error",
                    f"expected a category that the model knows, got another, at {each['name']}",
                )
            row += [1.0 if value == known else 0.0 for known in each["categories"]]
        return row


def _leaf(tree: tuple, row: list[float]) -> float:
    feature, threshold, left, right, probability = tree
    node = 0
    while left[node] >= 0:
        node = left[node] if row[feature[node]] <= threshold[node] else right[node]
    return probability[node]
