"""Every promise has a good twin that holds and bad twins that break, and break alone."""

import pytest

from testbed.checker import PROMISES, judge
from testbed.checker.verdict import Verdict
from testbed.reporting.text import verdict
from tests.checker.twins.every import ALL
from tests.checker.twins.twin import told

BAD = [twin for twin in ALL if twin.broken]
GOOD = [twin for twin in ALL if not twin.broken]


def _id(twin) -> str:
    return f"{twin.slug}: {twin.name}"


def broken(history, **options) -> set[str]:
    return {finding.promise for finding in judge(history, **options).broken}


@pytest.mark.parametrize("twin", GOOD, ids=_id)
def test_a_good_twin_breaks_nothing_and_its_promise_holds(twin):
    history = twin.make()
    judgement = judge(history)
    assert not judgement.broken, verdict(judgement.findings, history)
    finding = judgement.finding(twin.slug)
    assert finding.verdict is Verdict.HELD, finding.reason or finding.not_applicable
    assert finding.examined > 0


@pytest.mark.parametrize("twin", BAD, ids=_id)
def test_a_bad_twin_breaks_its_promise_and_only_what_that_entails(twin):
    history = twin.make()
    judgement = judge(history)
    assert broken(history) == set(twin.broken), verdict(judgement.findings, history)
    violations = judgement.finding(twin.slug).violations
    texts = [told(one) for one in violations]
    assert any(twin.says in text for text in texts), texts


@pytest.mark.parametrize("slug", [promise.slug for promise in PROMISES])
def test_every_promise_has_both_twins(slug):
    assert any(twin.slug == slug for twin in GOOD), "no good twin"
    assert any(twin.slug == slug for twin in BAD), "no bad twin"
