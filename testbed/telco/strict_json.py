"""JSON as the message contract means it: UTF-8, no BOM, no NaN, no key twice.

Numbers keep their text, because the contract tells ``49`` from ``49.0`` and a number may
have thousands of digits. Where parsers honestly differ, the document is read all the same
and says what is odd about it.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

# System.Text.Json refuses what is deeper; other parsers stop at 128, 1000 or 1024.
DEEP = 64
OVERFLOW, NESTING, SURROGATE = "overflowing number", "deep nesting", "lone surrogate"

# Strings first, so that brackets inside them do not count. Possessive: never quadratic.
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_MAYBE_ODD = re.compile(r"[0-9][eE]|[0-9]{19}|\\u[dD][89a-fA-F]")


class NotJson(ValueError):
    """The bytes are not strict JSON; ``deep`` when a parser may have given up on nesting."""

    def __init__(self, reason: str, deep: bool = False):
        super().__init__(reason)
        self.deep = deep


class Number:
    """A number by its text."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text

    def __float__(self) -> float:
        return float(self.text)


class Integer(Number):
    """Written without fraction and exponent."""

    __slots__ = ()

    @property
    def overflows(self) -> bool:
        """Whether it exceeds signed 64 bits, where many parsers stop."""
        return len(self.text) > 20 or not -(2**63) <= int(self.text) < 2**63


class Real(Number):
    """Written with a fraction or an exponent."""

    __slots__ = ()

    @property
    def overflows(self) -> bool:
        """Whether a double cannot hold it."""
        return float(self.text) in (float("inf"), float("-inf"))


class Document(NamedTuple):
    """A parsed value, and what is odd about its text."""

    value: object
    odd: frozenset[str] = frozenset()


def read(data: bytes) -> Document:
    """Read ``data``; raises ``NotJson``, and nothing else."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8 at byte {error.start}") from None
    deep = text.count("[") + text.count("{") > DEEP and _is_deep(text)
    try:
        value = _DECODER.decode(_flattened(text) if deep else text)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error), deep or isinstance(error, RecursionError)) from None
    odd = {NESTING} if deep else set()
    if _MAYBE_ODD.search(text):
        odd.update(_oddities(value))
    return Document(value, frozenset(odd))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


def _refuse(name: str):
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=Integer, parse_float=Real, parse_constant=_refuse
)


def _is_deep(text: str) -> bool:
    depth = 0
    for token in _STRUCTURE.finditer(text):
        depth += _step(token[0])
        if depth > DEEP:
            return True
    return False


def _step(token: str) -> int:
    return 1 if token in "[{" else -1 if token in "]}" else 0


def _flattened(text: str) -> str:
    """The same with everything below ``DEEP`` as null, so that no parser need recurse."""
    kept, depth, done = [], 0, 0
    for token in _STRUCTURE.finditer(text):
        step = _step(token[0])
        if step > 0 and depth == DEEP:
            kept.append(text[done : token.start()] + "null")
        depth += step
        if step < 0 and depth == DEEP:
            done = token.end()
    if depth > DEEP:
        raise NotJson("nesting that never closes", deep=True)
    return "".join(kept) + text[done:]


def _oddities(value: object) -> Iterator[str]:
    for leaf in _leaves(value):
        if isinstance(leaf, Number):
            if leaf.overflows:
                yield OVERFLOW
        elif isinstance(leaf, str) and not leaf.isascii() and has_surrogate(leaf):
            yield SURROGATE


def has_surrogate(text: str) -> bool:
    """Whether half of a surrogate pair stands alone, so that no UTF-8 exists for it."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _leaves(value: object) -> Iterator[object]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        else:
            yield item
