"""A forest of small trees, evaluated by what each value rules out instead of walking the trees.

At every split that asks for a value, the leaves on the other side are ruled out; the one leaf
that nothing rules out is the tree's. With at most 64 leaves such a set is one integer, so that
a row's leaves in all trees are the intersection of a few rows of tables made beforehand.
"""

from itertools import chain, product
from operator import itemgetter

import numpy as np

from consumer.features import CATEGORIES, NUMERIC
from consumer.forest import Codes, Parts, Predicted, Tree, reason, scaled

MOST_LEAVES = 64
_MOST_ROWS = 1024  # of a table: some hundred kilobytes, which the processor's cache holds
_CHUNK = 2048  # rows at once, for the same reason
_numbers = itemgetter(*range(len(NUMERIC)))


def fits(parts: Parts) -> bool:
    """Whether each tree's leaves can be a set in one integer."""
    return all((tree.left < 0).sum() <= MOST_LEAVES for tree in parts.trees)


class LeafSets:
    """Scores rows, each in the order of ``features.COLUMNS``; for a forest that ``fits``."""

    def __init__(self, parts: Parts):
        self._parts = parts
        splits = _splits(parts.trees)
        every = np.array([_leaves(int((t.left < 0).sum())) for t in parts.trees], dtype=np.uint64)
        self._thresholds = [
            np.unique([one.threshold for one in splits.get(place, ())])
            for place in range(len(NUMERIC))
        ]
        self._by_number = [
            _by_bucket(splits.get(place, ()), thresholds, every)
            for place, thresholds in enumerate(self._thresholds)
        ]
        self._groups = _groups(parts, splits, every)
        self._starts = np.arange(len(parts.trees)) * MOST_LEAVES
        self._probabilities = np.zeros(len(parts.trees) * MOST_LEAVES)
        for start, tree in zip(self._starts, parts.trees, strict=True):
            leaves = tree.probability[tree.left < 0]
            self._probabilities[start : start + len(leaves)] = leaves

    def predict(self, rows: list[tuple]) -> Predicted:
        """Score ``rows``; those with what the model cannot take are told apart."""
        numbers = np.fromiter(chain.from_iterable(map(_numbers, rows)), np.float64)
        inputs, failed = scaled(numbers.reshape(len(rows), len(NUMERIC)), self._parts)
        places = [
            np.searchsorted(thresholds, inputs[:, column])
            for column, thresholds in enumerate(self._thresholds)
        ]
        for take, codes, _ in self._groups:
            codes_of = np.fromiter(map(codes.__getitem__, map(take, rows)), np.intp, len(rows))
            for row in np.flatnonzero(codes_of < 0).tolist():
                failed[row] = self._unknown(rows[row])
            places.append(np.maximum(codes_of, 0))
        return Predicted(self._means(places), failed)

    def _means(self, places: list[np.ndarray]) -> np.ndarray:
        tables = [*self._by_number, *(table for *_, table in self._groups)]
        chunks = []
        for start in range(0, len(places[0]), _CHUNK):
            left = tables[0].take(places[0][start : start + _CHUNK], axis=0)
            for table, rows in zip(tables[1:], places[1:], strict=True):
                left &= table.take(rows[start : start + _CHUNK], axis=0)
            chunks.append(self._mean(left))
        return np.concatenate(chunks)

    def _mean(self, left: np.ndarray) -> np.ndarray:
        """Of the leaves that are ``left``: one bit in each integer, a column a tree."""
        leaves = np.bitwise_count(left - np.uint64(1)) + self._starts
        found = self._probabilities.take(leaves.T)
        total = np.zeros(len(left))
        for tree in found:  # in this order, for the last digit's sake
            total += tree
        return total / len(self._starts)

    def _unknown(self, row: tuple) -> str:
        known = zip(CATEGORIES, self._parts.categories, row[len(NUMERIC) :], strict=True)
        name = next(name for name, texts, text in known if text not in texts)
        return reason("a category that the model knows", name)


class _Split:
    """A node: the leaves of its tree that stay on either side, as sets."""

    def __init__(self, tree: int, threshold: float, left: int, right: int):
        self.tree, self.threshold = tree, threshold
        whole = 2**MOST_LEAVES - 1
        self.stay = np.array([whole ^ right, whole ^ left], dtype=np.uint64)


def _leaves(count: int) -> int:
    return 2**count - 1


def _splits(trees: list[Tree]) -> dict[int, list[_Split]]:
    """All splits by the number of their feature."""
    found: dict[int, list[_Split]] = {}
    for number, tree in enumerate(trees):
        is_leaf = tree.left < 0
        bits = np.cumsum(is_leaf) - 1
        below = [1 << int(bit) if leaf else 0 for bit, leaf in zip(bits, is_leaf, strict=True)]
        for node in np.flatnonzero(~is_leaf)[::-1].tolist():  # children come after their parent
            left, right = below[tree.left[node]], below[tree.right[node]]
            below[node] = left | right
            split = _Split(number, float(tree.threshold[node]), left, right)
            found.setdefault(int(tree.feature[node]), []).append(split)
    return found


def _by_bucket(splits: list[_Split], thresholds: np.ndarray, every: np.ndarray) -> np.ndarray:
    """Leaves per tree where so many of the sorted ``thresholds`` are below the number."""
    table = np.tile(every, (len(thresholds) + 1, 1))
    for split in splits:
        beyond = int(np.searchsorted(thresholds, split.threshold)) + 1
        table[:beyond, split.tree] &= split.stay[0]
        table[beyond:, split.tree] &= split.stay[1]
    return table


def _groups(parts: Parts, splits: dict[int, list[_Split]], every: np.ndarray) -> list[tuple]:
    """Categories that are looked up together: how to take them, their codes, their table."""
    groups, column, first = [], len(NUMERIC), len(NUMERIC)
    texts, table = [], every[None, :]
    for place, known in enumerate(parts.categories, len(NUMERIC)):
        own = _by_category(splits, column, len(known), every)
        column += len(known)
        if texts and len(table) * len(known) > _MOST_ROWS:
            groups.append(_group(first, texts, table))
            first, texts, table = place, [], every[None, :]
        texts.append(known)
        table = (table[:, None] & own[None]).reshape(-1, len(every))
    return [*groups, _group(first, texts, table)]


def _group(first: int, texts: list[tuple[str, ...]], table: np.ndarray) -> tuple:
    last = first + len(texts)
    codes = Codes((combination, row) for row, combination in enumerate(product(*texts)))
    return itemgetter(slice(first, last)), codes, np.ascontiguousarray(table)


def _by_category(
    splits: dict[int, list[_Split]], first: int, count: int, every: np.ndarray
) -> np.ndarray:
    """Leaves per tree for each category of one field, whose first column is ``first``."""
    table = np.tile(every, (count, 1))
    for column in range(count):
        for split in splits.get(first + column, ()):
            for category in range(count):
                table[category, split.tree] &= split.stay[
                    int((category == column) > split.threshold)
                ]
    return table
