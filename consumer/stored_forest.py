"""Finds the parts of a forest in a stored pipeline, and checks that its shape is the known one."""

import numpy as np

from consumer.features import COLUMNS, NUMERIC
from consumer.forest import Parts, Tree
from consumer.skops_file import Stored, Unreadable, read

_STEPS = ["ColumnTransformer", "RandomForestClassifier"]
_TRANSFORMERS = ["StandardScaler", "OneHotEncoder"]
_AS_FITTED = {  # settings under which the arithmetic of ``forest`` is that of the pipeline
    "ColumnTransformer": {"transformer_weights": None},
    "StandardScaler": {"with_mean": True, "with_std": True},
    "OneHotEncoder": {
        "handle_unknown": "error",
        "drop": None,
        "min_frequency": None,
        "max_categories": None,
    },
}


def parts_in(data: bytes) -> Parts:
    """The parts of the pipeline in a skops file.

    Raises ``Unreadable`` for a file of any other shape, or whose trees do not hold together.
    """
    try:
        return _parts(read(data))
    except (TypeError, ValueError, IndexError) as error:
        raise Unreadable(type(error).__name__) from error


def _parts(pipeline: Stored) -> Parts:
    transformer, forest = _named([step for _, step in pipeline.steps], _STEPS)
    members = transformer.transformers_
    scaler, encoder = _named([member for _, member, _ in members], _TRANSFORMERS)
    columns = tuple(name for _, _, names in members for name in names)
    _require(columns == COLUMNS, "columns")
    _require(list(forest.classes_) == [0, 1], "classes")
    categories = [tuple(known) for known in encoder.categories_]
    _require(all(isinstance(c, str) for known in categories for c in known), "categories")
    width = len(NUMERIC) + sum(map(len, categories))
    trees = [_tree(one.tree_, width) for one in forest.estimators_]
    _require(len(trees) > 0, "trees")
    mean, scale = (np.asarray(one, dtype=float) for one in (scaler.mean_, scaler.scale_))
    _require(mean.shape == scale.shape == (len(NUMERIC),), "scaling")
    return Parts(mean, scale, categories, trees)


def _named(objects: list[Stored], names: list[str]) -> list[Stored]:
    _require([one.type.rpartition(".")[2] for one in objects] == names, " and ".join(names))
    for one, name in zip(objects, names, strict=True):
        for setting, value in _AS_FITTED.get(name, {}).items():
            _require(getattr(one, setting) == value, f"{name}.{setting}")
    return objects


def _tree(stored: Stored, width: int) -> Tree:
    """Its nodes; children must come after their parent, and every feature must exist."""
    nodes, values = stored.nodes, stored.values
    left, right, feature = nodes["left_child"], nodes["right_child"], nodes["feature"]
    inner, places = left >= 0, np.arange(len(nodes))
    _require(len(nodes) > 0 and values.shape == (len(nodes), 1, 2), "values")
    _require(np.allclose(values.sum(axis=2), 1), "probabilities")
    for child in (left, right):
        after = (child > places) & (child < len(nodes))
        _require(bool(np.all(after[inner])), "children")
    _require(bool(np.all((feature >= 0) & (feature < width), where=inner)), "features")
    return Tree(feature, nodes["threshold"], left, right, np.ascontiguousarray(values[:, 0, 1]))


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise Unreadable(f"other {what}")
