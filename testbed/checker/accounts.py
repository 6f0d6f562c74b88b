"""Accounts: sets of records that an outcome cannot tell apart."""

from collections.abc import Callable, Iterable

from testbed.checker.entry import Entry
from testbed.history import Sent


def share(entries: list[Entry], marks_of: Callable[[Sent], Iterable[str]]) -> None:
    """Give entries that have a mark in common, directly or through others, one account."""
    first: dict[str, Entry] = {}
    for entry in entries:
        for mark in marks_of(entry.sent):
            other = first.setdefault(mark, entry)
            if other is not entry:
                merge(other, entry)


def merge(one: Entry, other: Entry) -> None:
    """Make one account of two; the smaller one moves."""
    large, small = one.account, other.account
    if large is small:
        return
    if len(large) < len(small):
        large, small = small, large
    large.extend(small)
    for entry in large if large[0].shared is None else small:
        entry.shared = large
