"""The history: typed, append-only, asked by kind."""

import pytest

from testbed.history import Began, History, Mark


def test_events_of_a_kind_come_in_order():
    """However they were added; others are not among them, and the answer is the asker's own."""
    history = History([Began(scenario="s", at=1.0), Mark(name="a", at=2.0)])
    history.append(Began(scenario="t"))
    history.extend([Mark(name="b", at=3.0)])
    history.of(Mark).clear()
    assert [mark.name for mark in history.of(Mark)] == ["a", "b"]
    assert len(history) == len(list(history)) == 4


def test_a_history_without_a_beginning_is_refused():
    """Nothing can be judged without knowing what was declared."""
    with pytest.raises(ValueError, match="starts with a 'began' event"):
        History().began  # noqa: B018
