"""A rule that is switched off, or bent, turns a test red: no promise is held by nobody."""

import pytest
from msgspec.structs import replace

from testbed.checker import PROMISES, judge, letters, levels, predictions, windows
from testbed.checker.case import Case
from testbed.checker.crew import Crew
from testbed.checker.entry import Entry
from testbed.checker.fates import Fate
from testbed.checker.promise import Promise
from testbed.checker.promises import (
    aborted_invisible,
    commit_not_ahead,
    commit_reaches_end,
    consistent_score,
    contracts,
    dead_letter_faithful,
    figures_agree,
    lag_returns,
    no_duplicates,
    no_loss,
    no_phantom,
    order,
    ownership,
    poison,
    right_error_type,
    right_outcome,
    right_score,
    service_levels,
    stays_up,
    stops_clean,
    zombie,
)
from testbed.checker.verdict import Verdict
from tests.checker.twins.every import ALL
from tests.checker.twins.twin import told


def complaints(promises: tuple[Promise, ...] = PROMISES) -> list[str]:
    """The twins that the checker gets wrong."""
    return [twin.name for twin in ALL if not _right(twin, promises)]


def _right(twin, promises) -> bool:
    judgement = judge(twin.make(), promises=promises)
    verdict = judgement.finding(twin.slug).verdict
    broken = {finding.promise for finding in judgement.broken}
    if not twin.broken:
        return not broken and verdict is Verdict.HELD
    violations = judgement.finding(twin.slug).violations
    return broken == set(twin.broken) and any(twin.says in told(one) for one in violations)


def test_the_checker_as_it_is_gets_every_twin_right():
    assert complaints() == []


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.slug)
def test_a_rule_that_is_switched_off_is_noticed(promise):
    always_held = replace(promise, check=lambda case: promise.about.finding(1))
    others = tuple(always_held if one is promise else one for one in PROMISES)
    assert complaints(others)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.slug)
def test_a_rule_that_is_inverted_is_noticed(promise):
    def inverted(case):
        finding = promise.check(case)
        if finding.verdict is Verdict.BROKEN:
            return promise.about.finding(1)
        odd = promise.about.violation("anybody", expected="this", got="that")
        return promise.about.finding(1, [odd])

    others = tuple(replace(one, check=inverted) if one is promise else one for one in PROMISES)
    assert complaints(others)


def returns(value):
    return lambda *args, **kwargs: value


def always(value) -> property:
    return property(returns(value))


BENT = [
    (Case, "allowance", returns(0)),
    (Case, "allowance", returns(99)),
    (Case, "transactional", always(False)),
    (Case, "fault_open", returns("")),
    (Crew, "expected_to_work", returns(True)),
    (Crew, "acting", returns(set())),
    (Entry, "extra", always(0)),
    (letters, "_may_be_of", returns(True)),
    (letters, "_may_be_of", returns(False)),
    (letters, "_keys_told", returns(True)),
    (letters, "_keys_told", returns(False)),
    (letters, "_coordinates", returns(None)),
    (predictions, "_akin", returns(True)),
    (windows, "_deaths", returns([])),
    (windows, "_is_end_of", returns(True)),
    (windows, "_absences", returns([])),
    (windows, "_cut_offs", returns([])),
    (windows, "_left", returns(0)),
    (windows, "_left", returns(9)),
    (windows, "ANY_NUMBER", 1),
    (windows, "may_outlive", returns(True)),
    (windows.Window, "allows", returns(True)),
    (aborted_invisible, "_hidden", returns([])),
    (aborted_invisible, "_early", lambda entry: entry.outcomes),
    (aborted_invisible, "_early", lambda entry: [] if entry.sent.admits else entry.outcomes),
    (aborted_invisible, "_early", lambda entry: entry.outcomes if entry.sent.hidden else []),
    (consistent_score, "_certain", returns(True)),
    (contracts, "_owners", returns({})),
    (no_phantom, "_entities", returns(set())),
    (no_loss, "fate", returns((Fate.PENDING, ""))),
    (no_loss, "_near", returns("")),
    (right_outcome, "scoreable", returns(True)),
    (right_outcome, "SCHEMA_BREACH", "deserialization_error"),
    (right_error_type, "SCHEMA_BREACH", ""),
    (right_score, "TOLERANCE", 1e-9),
    (right_score, "TOLERANCE", 1.0),
    (order, "_first", returns(None)),
    (order, "_after_refusal", returns(True)),
    (order, "_after_refusal", returns(False)),
    (order, "_scattered", returns([])),
    (commit_not_ahead, "_comparable", returns(True)),
    (commit_not_ahead, "_comparable", returns(False)),
    (commit_not_ahead, "_beyond_the_end", returns([])),
    (commit_reaches_end, "_no_rest", returns("never")),
    (dead_letter_faithful, "OVERSIZED_BYTES", 0),
    (dead_letter_faithful, "OVERSIZED_BYTES", 1 << 40),
    (dead_letter_faithful, "OURS", "y-"),
    (dead_letter_faithful, "_truncated", returns([])),
    (dead_letter_faithful, "_coordinates", returns([])),
    (dead_letter_faithful, "_same_headers", returns(True)),
    (dead_letter_faithful, "beyond_comparing", returns(False)),
    (dead_letter_faithful, "beyond_comparing", returns(True)),
    (poison, "_neighbours", returns({})),
    (poison, "_held_up", returns([])),
    (poison, "MORE_S", 0.0),
    (poison, "TIMES", 0.0),
    (zombie, "_in_hand", returns([])),
    (zombie, "must_outlive", returns(False)),
    (lag_returns, "_loops", returns(False)),
    (lag_returns, "_readable", returns({})),
    (lag_returns, "_held_back", returns(False)),
    (stops_clean, "_left_undone", returns([])),
    (stops_clean, "_ending", returns([])),
    (stops_clean, "_was_ready", returns(False)),
    (stops_clean, "_ended_by_request", returns(True)),
    (stays_up, "_excused", returns(True)),
    (stays_up, "_excused", returns(False)),
    (ownership, "_quiet_s", lambda case, begin, end: end - begin),
    (ownership, "LASTS_S", 0.0),
    (ownership, "LASTS_S", float("inf")),
    (no_duplicates, "over_budget", returns([])),
    (figures_agree, "_counted", returns([])),
    (figures_agree, "_work", returns([])),
    (figures_agree, "_ownership", returns([])),
    (figures_agree, "_deeds", returns([])),
    (figures_agree, "_incomparable", returns("never")),
    (service_levels, "_doubt", returns("always")),
    (service_levels, "LEAST", 1000),
    (levels, "latency", returns({"latency_p99_ms": 0.0})),
    (levels, "backlog", returns({})),
    (levels, "recovery", returns({})),
    (levels, "behind", returns({0: 0})),
    (levels, "schedule", returns({})),
]


@pytest.mark.parametrize(
    ("owner", "name", "bent"), BENT, ids=lambda one: getattr(one, "__name__", str(one))
)
def test_a_rule_that_is_bent_is_noticed(monkeypatch, owner, name, bent):
    monkeypatch.setattr(owner, name, bent)
    assert complaints()
