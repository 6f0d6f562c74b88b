"""No honest history is blamed, and one violation in it is found: that one, and what it entails."""

from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from testbed.checker import judge
from testbed.checker.case import Case
from testbed.checker.verdict import Verdict
from testbed.history import History
from testbed.reporting.text import verdict
from tests.checker.injections import INJECTIONS
from tests.checker.simulation import Simulation, renumbered

DELIVERIES = ("exactly-once", "at-least-once")
FIDELITIES = ("exact", "json")
worlds = st.builds(
    lambda seed, delivery, fidelity, partitions, steps: Simulation(
        seed, delivery, fidelity, partitions
    ).run(steps),
    seed=st.integers(0, 1 << 32),
    delivery=st.sampled_from(DELIVERIES),
    fidelity=st.sampled_from(FIDELITIES),
    partitions=st.integers(1, 3),
    steps=st.integers(0, 8),
)
quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@settings(quick, max_examples=300)
@given(worlds)
def test_no_honest_history_is_blamed(history):
    judgement = judge(history)
    assert not judgement.broken, verdict(judgement.findings, history)
    held = {f.promise for f in judgement.findings if f.verdict is Verdict.HELD}
    assert {"no-loss", "no-duplicates", "never-both", "no-phantom", "right-outcome"} <= held


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda one: one.must)
def test_one_violation_is_found_and_only_what_it_entails(injection):
    found = set()

    @quick
    @given(worlds, st.integers(0, 1 << 32))
    def search(history, seed):
        began = history.began
        assume(began.delivery in injection.delivery)
        assume(began.dead_letter in injection.fidelity)
        events = renumbered(history)
        named = injection.spoil(events, Case(history), Random(seed))
        assume(named is not None)
        spoilt = History(events)
        judgement = judge(spoilt)
        broken = {finding.promise for finding in judgement.broken}
        text = verdict(judgement.findings, spoilt)
        assert injection.must in broken, text
        assert broken <= {injection.must, *injection.may}, text
        if named >= 0 and injection.must not in ("prediction-contract", "dead-letter-contract"):
            names = [one.n for one in judgement.finding(injection.must).violations]
            assert names == [named], text
        found.update(broken)

    search()
    assert injection.must in found, "no history offered a place for it"
