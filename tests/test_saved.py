"""Histories as files: the same after a round trip."""

import pytest

from testbed import saved
from testbed.history import (
    Began,
    Checkpoint,
    Fault,
    History,
    Outcome,
    Position,
    Process,
    Recovered,
    Sent,
)  # fmt: skip
from testbed.saved import load, save


def test_a_saved_history_is_the_same_when_loaded(tmp_path):
    """Bytes, maps with integer keys and nested records survive."""
    history = History()
    history.append(Began(scenario="s", topics={"input": "t"}, partitions={"input": 3}))
    history.append(Sent(n=0, outcome="acknowledged", key=b"\xff", headers=(("a", None),)))
    history.append(
        Outcome(
            role="dead letters", partition=0, offset=1, source=Position("t", 0, 5),
            recovered=Recovered(value=b"\x00", value_known=True),
        )
    )  # fmt: skip
    history.append(Checkpoint(reason="final", committed={0: 5}, ends={"predictions": {2: 7}}))
    history.append(Process(instance=0, incarnation=1, what="killed"))
    history.append(Fault(name="kill", phase="end", fired=True, proof={"open_work": 3}))
    save(history, tmp_path / "h.jsonl")
    assert list(load(tmp_path / "h.jsonl")) == list(history)


def test_a_long_history_is_written_in_parts(tmp_path, monkeypatch):
    """None is lost where two parts meet."""
    monkeypatch.setattr(saved, "EVENTS_AT_ONCE", 3)
    history = History([Sent(n=n, outcome="acknowledged", at=1.0) for n in range(7)])
    save(history, tmp_path / "h.jsonl")
    assert list(load(tmp_path / "h.jsonl")) == list(history)


def test_a_broken_line_is_named(tmp_path):
    """So that a person finds it."""
    path = tmp_path / "h.jsonl"
    save(History([Began(scenario="s", at=1.0)]), path)
    path.write_bytes(path.read_bytes() + b'{"kind":"sent"}\n')
    with pytest.raises(ValueError, match="at line 2 of"):
        load(path)
