"""A broken promise in ten lines that a first-time user understands."""

import pytest

from testbed.checker.verdict import Finding, Verdict, Violation
from testbed.history import Began, Fault, Group, History, Member, Process, Sent
from testbed.reporting.text import printable, story, verdict, verdict_lines

LOST = Violation(
    promise="no-loss",
    subject="customer C-0042, event 2026-01-01T00:00:07Z",
    expected="1 prediction or dead letter",
    got="none",
    where="telco.raw.customers.x.test[1]@17",
    vanished="committed but unscored",
    at=2.4,
    n=7,
)


def _history() -> History:
    def process(at, what, incarnation=1):
        return Process(at=at, instance=0, incarnation=incarnation, what=what)

    return History(
        [
            Began(scenario="S", at=0.001),
            process(0.1, "started"),
            Group(at=0.9, state="stable", members=(Member(member_id="m"),)),
            process(1.0, "ready"),
            Sent(at=1.2, n=7, outcome="acknowledged", partition=1, offset=17),
            process(2.3, "killed"),
            process(2.5, "started", 2),
            Fault(at=90.0, name="network cut", phase="begin"),
        ]
    )


def _finding(*violations, examined=50) -> Finding:
    return Finding(
        promise="no-loss",
        title="no event is lost",
        verdict=Verdict.BROKEN,
        examined=examined,
        violations=violations,
    )


def test_the_story_names_record_expectation_sight_and_what_happened_around_it():
    assert story(_finding(LOST), _history(), "reports/history/s.jsonl").splitlines() == [
        "Promise broken: no event is lost",
        "1 breach of 50 examined. The first:",
        "  customer C-0042, event 2026-01-01T00:00:07Z",
        "  sent:      1.20 s, acknowledged at partition 1, offset 17",
        "  expected:  1 prediction or dead letter",
        "  seen:      none",
        "  where:     telco.raw.customers.x.test[1]@17",
        "  vanished:  committed but unscored",
        "  around it: 0.10 s service 0 was started · 0.90 s group is stable, 1 member · "
        "1.00 s service 0 became ready · 2.30 s service 0 was killed · "
        "2.50 s service 0 was started again",
        "All that happened: reports/history/s.jsonl",
    ]


def test_what_is_far_away_in_time_is_not_told():
    assert "network cut" not in story(_finding(LOST), _history())


def test_twenty_are_told_then_counted_then_the_file_named():
    many = [Violation(promise="p", subject=f"customer {n}", expected="1", got="0", where=f"@{n}")
            for n in range(23)]  # fmt: skip
    lines = story(_finding(*many), _history(), "h.jsonl").splitlines()
    assert lines[-1] == "… and 3 more, in h.jsonl"
    assert lines[-2] == "  customer 19: expected 1, saw 0 - @19"
    assert sum("customer" in line for line in lines) == 20


def test_without_a_time_nothing_is_told_about_around():
    bare = Violation(promise="p", subject="partition 0", expected="commit 5", got="4")
    assert story(_finding(bare), _history()).splitlines()[2:] == [
        "  partition 0", "  expected:  commit 5", "  seen:      4"]  # fmt: skip


def test_text_of_records_can_do_no_harm_to_a_terminal():
    evil = Violation(promise="p", subject="\x1b[2Jcustomer\r\n\u202egnp", expected="1", got="\x07")
    text = story(_finding(evil), _history())
    assert "\x1b" not in text and "\r" not in text and "\x07" not in text and "\u202e" not in text
    assert r"\x1b[2Jcustomer\r\n\u202egnp" in text


def test_verdict_lines_put_what_broke_first_and_say_why_there_is_no_verdict():
    findings = [
        Finding(promise="a", title="held one", verdict=Verdict.HELD, examined=3),
        Finding(promise="b", title="no answer", verdict=Verdict.UNKNOWN, reason="nothing sent"),
        Finding(promise="c", title="not ours", verdict=Verdict.UNKNOWN, not_applicable="no oracle"),
        _finding(LOST),
    ]
    assert verdict_lines(findings) == [
        "broken     no event is lost: 1 breach of 50",
        "unknown    no answer: nothing sent",
        "held       held one (3 examined)",
        "not asked  not ours: no oracle",
    ]


def test_the_whole_verdict_has_each_broken_promise_s_story_and_one_line_for_every_promise():
    held = Finding(promise="a", title="held one", verdict=Verdict.HELD, examined=3)
    text = verdict([held, _finding(LOST)], _history())
    assert text.startswith("Promise broken: no event is lost")
    assert text.endswith("held       held one (3 examined)")


@pytest.mark.parametrize(("text", "shown"), [("abc", "abc"), ("ä 漢", "ä 漢"), ("a\tb", r"a\tb")])
def test_printable_leaves_letters_of_any_script_alone(text, shown):
    assert printable(text) == shown


def test_printable_cuts_long_text_and_says_so():
    assert printable("x" * 500, 10) == "xxxxxxxxxx… (500 characters)"
