"""Reads the numbers of a stored pipeline without scikit-learn, whose import takes over a second.

skops writes a zip: ``schema.json``, a tree of nodes that name their loader, and one ``.npy``
file per array (https://skops.readthedocs.io/en/stable/persistence.html). Only the nodes and
types of the one known shape are read, nothing is ever constructed or called by name, and the
indices of the trees are checked; whatever else a file holds is left to skops and its own checks.
"""

import io
import json
import zipfile
from typing import NamedTuple

import numpy as np

_TYPES = {
    "sklearn.pipeline.Pipeline",
    "sklearn.compose._column_transformer.ColumnTransformer",
    "sklearn.preprocessing._data.StandardScaler",
    "sklearn.preprocessing._encoders.OneHotEncoder",
    "sklearn.ensemble._forest.RandomForestClassifier",
    "sklearn.tree._classes.DecisionTreeClassifier",
    "sklearn.tree._tree.Tree",
    "numpy.float64",
    "numpy.int64",
    "numpy.ndarray",
    *(f"builtins.{name}" for name in ("dict", "list", "tuple", "str", "slice")),
}


class Unreadable(Exception):
    """Not a file that this module reads."""


class Stored(NamedTuple):
    """An object of the file: its type's full name and its attributes."""

    type: str
    attributes: dict

    def __getattr__(self, name: str):
        try:
            return self.attributes[name]
        except KeyError:
            raise Unreadable(f"{self.type} without {name}") from None


def read(data: bytes) -> Stored:
    """The object that the file holds; raises ``Unreadable`` for one that is left to skops."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Nodes(archive).value(json.loads(archive.read("schema.json")))
    except (KeyError, TypeError, ValueError, OSError, RecursionError, zipfile.BadZipFile) as error:
        raise Unreadable(type(error).__name__) from error


class _Nodes:
    """Turns nodes into plain values; a node that comes again is only named by its number."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self._known: dict[int, object] = {}

    def value(self, node: dict) -> object:
        name = node["__module__"] + "." + node["__class__"]
        if name not in _TYPES:
            raise Unreadable(name)
        loader = node["__loader__"]
        if loader == "CachedNode":
            return self._known[node["__id__"]]
        value = self._known[node["__id__"]] = self._made(loader, name, node)
        return value

    def _made(self, loader: str, name: str, node: dict) -> object:
        if loader in ("TypeNode", "SliceNode"):  # said of columns and types, never of a number
            return name
        content = node.get("content")
        if loader == "JsonNode":
            return json.loads(content)
        if loader == "NdArrayNode" and node["type"] == "numpy":
            return np.load(io.BytesIO(self._archive.read(node["file"])), allow_pickle=False)
        if loader in ("ListNode", "TupleNode", "NdArrayNode"):
            return [self.value(one) for one in content]
        if loader == "DictNode":
            return {key: self.value(one) for key, one in content.items()}
        if loader in ("ObjectNode", "TreeNode"):
            return Stored(name, self.value(content))
        raise Unreadable(loader)
