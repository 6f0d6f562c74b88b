"""What is attached: the right figures, harmless types, bounded size."""

import csv
from pathlib import Path
from types import SimpleNamespace

from testbed.checker.verdict import Finding, Verdict
from testbed.history import DEAD_LETTERS, PREDICTIONS, Began, History, Outcome, Sent
from testbed.reporting import evidence
from tests.checker.twins import levels

FILE = Path("reports/history/s.jsonl")


def _history() -> History:
    return History(
        [
            Began(at=0.001, scenario="S", replay="behave features/x.feature:12 -D seed=7"),
            Sent(at=1.0, n=0, outcome="acknowledged", identity="a", admits=("scored",)),
            Sent(at=1.1, n=1, outcome="acknowledged", identity="b", admits=("scored",)),
            Sent(at=1.2, n=2, outcome="acknowledged", admits=("validation_error",)),
            Sent(at=1.3, n=3, outcome="acknowledged"),
            Sent(at=1.4, n=4, outcome="unknown", identity="c", admits=("scored",)),
            Outcome(at=1.25, role=PREDICTIONS, partition=0, offset=0, identity="a"),
            Outcome(at=1.85, role=PREDICTIONS, partition=0, offset=1, identity="b"),
            Outcome(at=1.9, role=PREDICTIONS, partition=0, offset=2, identity="b"),
            Outcome(at=2.0, role=DEAD_LETTERS, partition=0, offset=0),
        ]
    )


FINDINGS = (
    Finding(promise="a", title="held one", verdict=Verdict.HELD, examined=3),
    Finding(promise="b", title="broken one", verdict=Verdict.BROKEN, examined=3),
    Finding(promise="c", title="other", verdict=Verdict.UNKNOWN, not_applicable="off, says it"),
)


def _piece(name: str, history: History | None = None) -> evidence.Piece:
    found = evidence.pieces(history or _history(), FINDINGS, FILE)
    return next(piece for piece in found if piece.name == name)


def test_the_ledger_counts_what_went_in_and_what_came_out():
    assert dict(evidence.ledger(_history())) == {
        "what": "count",
        "events published": "5",
        "acknowledged by the broker": "4",
        "  of these must be answered": "3",
        "scored": "3",
        "dead-lettered": "1",
        "median time to a score (s)": "0.500",
        "longest time to a score (s)": "0.750",
    }


def test_the_promises_are_a_table_with_what_broke_first():
    rows = list(csv.reader(_piece("Promises").body.splitlines()))
    assert rows == [
        ["promise", "verdict", "because"],
        ["broken one", "broken", "0 of 3 examined"],
        ["held one", "held", "3 examined"],
        ["other", "not asked", "off, says it"],
    ]


def test_the_way_to_play_it_again_is_there():
    body = _piece("Play it again").body
    assert "behave features/x.feature:12 -D seed=7" in body and str(FILE) in body


def test_only_types_that_nothing_runs_in():
    found = {piece.mime_type for piece in evidence.pieces(_history(), FINDINGS, FILE)}
    assert found == {"text/plain", "text/csv", "image/svg+xml"}


def test_what_was_timed_is_told_with_its_limit_and_drawn():
    table = _piece("Service levels", levels.steady(count=3)).body
    assert table.splitlines()[:2] == ["figure,measured,at most", "latency_p50_ms,1000,no limit"]
    assert "latency_p99_ms,1000,1500" in table
    assert "to 1 s" in _piece("Latency", levels.steady(count=3)).body


def test_without_a_steady_load_there_is_no_picture_of_it():
    names = [piece.name for piece in evidence.pieces(levels.backlog(), FINDINGS, FILE)]
    assert "Service levels" in names and "Latency" not in names


def test_an_attachment_is_cut_and_says_so():
    history = History([Began(at=0.1, scenario="S", replay="x" * 300_000)])
    body = _piece("Play it again", history).body
    assert len(body) < 300_000 and "cut: 300105 bytes" in body


def test_a_scenario_in_which_nothing_happened_attaches_nothing():
    assert evidence.pieces(History(), (), FILE) == []


def test_attach_takes_all_it_needs_from_the_world(monkeypatch):
    seen = []
    monkeypatch.setattr(evidence.allure, "attach", lambda *words: seen.append(words[1:]))
    world = SimpleNamespace(
        history=_history(),
        findings=lambda: FINDINGS,
        slug="s",
        options=SimpleNamespace(reports=Path("reports")),
    )
    evidence.attach(None, world)
    assert ("Timeline", "image/svg+xml", "svg") in seen and len(seen) == 4
