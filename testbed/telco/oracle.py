"""The right score of each event, from the model's documented JSON; no scikit-learn."""

import json
from collections.abc import Iterable
from pathlib import Path

from testbed.errors import CannotStart
from testbed.telco.arrays import np
from testbed.telco.contract import CATEGORIES, NUMERIC
from testbed.telco.draft import Draft
from testbed.telco.events import read_features

FORMAT = "churn-forest/1"
_CHUNK = 8192  # rows at once: the matrix stays in the processor's cache
_REMEMBERED = 50_000  # scores: scenarios come back to few events
Score = tuple[float, int]  # churn_probability, prediction


class Oracle:
    """Scores drafts as the stored model does: float32 inputs, float64 thresholds.

    Raises ``CannotStart`` for a file that is not such a model.
    """

    def __init__(self, model_json: Path):
        try:
            model = json.loads(Path(model_json).read_bytes())
            if model["format"] != FORMAT:
                raise ValueError(f"format {model['format']!r}")
            self.version = str(model["model_version"])
            self._encode = _Encoder(model)
            self._trees = [_Tree(tree) for tree in model["trees"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CannotStart(
                f"Expected a model as {FORMAT} at {model_json}",
                f"got {error!r}",
                "Make it anew with: python -m consumer.model --output DIR",
            ) from error
        self._known: dict[str, Score | None] = {}

    def expect(self, drafts: Iterable[Draft]) -> list[Score | None]:
        """Score of each; None for one without features, and where the model raises."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        wanted = [draft.features for draft in drafts]
        new = [text for text in dict.fromkeys(wanted) if text and text not in self._known]
        for first in range(0, len(new), _CHUNK):
            self._learn(new[first : first + _CHUNK])
        return [self._known[text] if text else None for text in wanted]

    @property
    def unknown(self) -> list[tuple[str, str]]:
        """Field and category of the contract that this model does not know."""
        return self._encode.unknown

    def _learn(self, texts: list[str]) -> None:
        rows, known = self._encode(texts)
        for text in texts:
            self._known[text] = None
        probabilities = sum(tree.probability(rows) for tree in self._trees) / len(self._trees)
        for position, probability in zip(known, probabilities.tolist(), strict=True):
            self._known[texts[position]] = (probability, int(probability > 0.5))


class _Encoder:
    """Features to the model's matrix: scaled numbers, then one column for each category."""

    def __init__(self, model: dict):
        if [item["name"] for item in model["numeric"]] != list(NUMERIC):
            raise ValueError(f"numeric inputs other than {NUMERIC}")
        if [item["name"] for item in model["categorical"]] != list(CATEGORIES):
            raise ValueError("categorical inputs other than the contract's")
        self._mean = np.array([item["mean"] for item in model["numeric"]])
        self._scale = np.array([item["scale"] for item in model["numeric"]])
        known = [item["categories"] for item in model["categorical"]]
        self._width = len(NUMERIC) + sum(map(len, known))
        self.unknown: list[tuple[str, str]] = []
        self._column = self._columns(known)

    def _columns(self, known: list[list[str]]) -> np.ndarray:
        """[field, code] -> column of the matrix, -1 for what the model does not know."""
        columns = np.full((len(CATEGORIES), max(map(len, CATEGORIES.values()))), -1)
        first = len(NUMERIC)
        for field, (name, allowed) in enumerate(CATEGORIES.items()):
            for code, category in enumerate(allowed):
                if category in known[field]:
                    columns[field, code] = first + known[field].index(category)
                else:
                    self.unknown.append((name, category))
            first += len(known[field])
        return columns

    def __call__(self, texts: list[str]) -> tuple[np.ndarray, list[int]]:
        """float32 [rows, columns] and the positions of ``texts`` that they stand for."""
        parsed = [read_features(text) for text in texts]
        codes = np.array([codes for codes, _ in parsed])
        columns = self._column[np.arange(len(CATEGORIES)), codes]
        known = np.flatnonzero((columns >= 0).all(axis=1))
        rows = np.zeros((len(known), self._width), dtype=np.float32)
        numbers = np.array([numbers for _, numbers in parsed])[known]
        rows[:, : len(NUMERIC)] = (numbers - self._mean) / self._scale
        rows[np.arange(len(known))[:, None], columns[known]] = 1
        return rows, known.tolist()


class _Tree:
    """One decision tree as arrays over its nodes."""

    def __init__(self, tree: dict):
        self._feature = np.array(tree["feature"])
        self._threshold = np.array(tree["threshold"], dtype=np.float64)
        self._left, self._right = np.array(tree["left"]), np.array(tree["right"])
        self._probability = np.array(tree["probability"], dtype=np.float64)

    def probability(self, rows: np.ndarray) -> np.ndarray:
        """Of class 1, for each row."""
        node = np.zeros(len(rows), dtype=np.intp)
        open_rows = np.flatnonzero(self._left[node] >= 0)
        while len(open_rows):
            at = node[open_rows]
            # A float32 beside a float64: compared exactly, as scikit-learn does.
            left = rows[open_rows, self._feature[at]] <= self._threshold[at]
            node[open_rows] = np.where(left, self._left[at], self._right[at])
            open_rows = open_rows[self._left[node[open_rows]] >= 0]
        return self._probability[node]
