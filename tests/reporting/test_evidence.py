"""What is attached: the right figures, harmless types, bounded size."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from testbed.checker.tally import Tally
from testbed.checker.verdict import Finding, Verdict, Violation
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
        "owed an answer": "3",
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


def test_the_ledger_tells_what_is_missing_repeated_strange_and_late():
    counts = Tally(owed=3, missing=1, repeated=2, strangers=4, late=5)
    rows = dict(evidence.ledger(_history(), counts))
    assert rows["owed an answer"] == "3" and rows["without an answer"] == "1"
    assert rows["answers beyond the first"] == "2" and rows["answers for nobody"] == "4"
    assert rows["answers after the waiting had ended"] == "5"


def test_what_broke_comes_first_as_its_record_own_story():
    breach = Violation(promise="b", subject="customer 7", expected="1 answer", got="none", at=1.5)
    finding = Finding(promise="b", title="No event is lost", verdict=Verdict.BROKEN,
                      examined=3, violations=(breach,))  # fmt: skip
    first = evidence.pieces(_history(), (finding,), FILE)[0]
    assert first.name == "Broken: No event is lost" and first.mime_type == "text/plain"
    assert "customer 7" in first.body and "expected:  1 answer" in first.body


@pytest.fixture
def quoted(tmp_path):
    """Pieces of a scenario that did not pass, with a log of its service and of the broker."""
    (tmp_path / "history").mkdir()
    own = tmp_path / "consumer-s-0.log"
    own.write_text("2026-01-01T00:00:02Z fetched, password=geheim\n2026-01-01T01:00:00Z later\n")
    (tmp_path / "consumer-s-more-0.log").write_text("of another scenario\n")
    broker = tmp_path / "kafka.log"
    broker.write_text("[2026-01-01 00:00:01,500] INFO rebalanced\n")
    began = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    logs = evidence.Logs(began, broker, lambda text: text.replace("geheim", "***"))
    found = evidence.pieces(_history(), FINDINGS, tmp_path / "history" / "s.jsonl", None, logs)
    return {piece.name: piece.body for piece in found}


def test_logs_are_quoted_around_the_moment_without_secrets(quoted):
    said = quoted["Log of service 0"]
    assert "fetched, password=***" in said and "later" not in said and "consumer-s-0.log" in said
    assert "rebalanced" in quoted["Log of the broker"]


def test_only_the_scenario_own_logs_are_quoted(quoted):
    assert [name for name in quoted if name.startswith("Log")] == [
        "Log of service 0", "Log of the broker"]  # fmt: skip


def test_a_scenario_that_passed_quotes_no_log():
    held = tuple(one for one in FINDINGS if one.verdict is not Verdict.BROKEN)
    names = [piece.name for piece in evidence.pieces(_history(), held, FILE)]
    assert names == ["Ledger", "Promises", "Timeline", "Play it again"]


def test_attach_takes_all_it_needs_from_the_world(monkeypatch):
    seen = []
    monkeypatch.setattr(evidence.allure, "attach", lambda *words: seen.append(words[1:]))
    world = SimpleNamespace(
        history=_history(),
        findings=lambda: FINDINGS,
        tally=lambda: None,
        slug="s",
        began=0.0,
        broker_log=Path("nowhere.log"),
        without_secrets=str,
        options=SimpleNamespace(reports=Path("reports")),
    )
    evidence.attach(None, world, passed=True)
    assert ("Timeline", "image/svg+xml", "svg") in seen and len(seen) == 5
    evidence.attach(None, world, passed=False)
    assert ("Log of the broker", "text/plain", "txt") in seen
