"""Three verdicts, what is required, and that nothing is taken on trust."""

import pytest
from msgspec.structs import replace

from testbed.checker import PROMISES, judge
from testbed.checker.promise import About, Promise
from testbed.checker.verdict import Verdict
from testbed.history import Checkpoint, History
from testbed.saved import load, save
from tests.checker.story import Story
from tests.checker.twins.every import ALL


def quiet() -> History:
    """A history in which all that applies holds."""
    story = Story()
    story.answer(story.send("A"), story.send("A"), story.bad("B"))
    return story.end()


def test_a_good_history_is_held():
    assert judge(quiet()).verdict is Verdict.HELD


def test_a_breach_counts_though_another_promise_is_required():
    story = Story("at-least-once")
    sent = story.send()
    story.answer(sent, sent)
    judgement = judge(story.end(), required=("no-loss",))
    assert judgement.finding("no-loss").verdict is Verdict.HELD
    assert judgement.verdict is Verdict.BROKEN


def test_a_required_promise_that_was_not_asked_makes_the_judgement_unknown():
    history = quiet()
    assert judge(history, required=("no-loss",)).verdict is Verdict.HELD
    assert judge(history, required=("no-loss", "restart-idle")).verdict is Verdict.UNKNOWN


def test_a_promise_that_the_consumer_does_not_make_is_not_missed():
    judgement = judge(quiet(), required=("right-score", "consistent-score"))
    assert judgement.finding("consistent-score").undeclared
    assert judgement.verdict is Verdict.HELD


def test_the_history_itself_can_say_what_it_requires():
    story = Story()
    story.answer(story.send())
    story.mark("required", **{"restart-idle": 1})
    judgement = judge(story.end())
    assert judgement.required == ("restart-idle",)
    assert judgement.verdict is Verdict.UNKNOWN


def test_only_the_promises_asked_for_are_judged():
    judgement = judge(quiet(), only=("no-loss",))
    assert [finding.promise for finding in judgement.findings] == ["no-loss"]
    with pytest.raises(KeyError, match="no-duplicates was not judged; judged: no-loss"):
        judgement.finding("no-duplicates")


@pytest.mark.parametrize("option", ["only", "required"])
def test_a_slug_that_no_promise_has_is_refused(option):
    with pytest.raises(ValueError, match="got 'no-losses'"):
        judge(quiet(), **{option: ("no-losses",)})


def test_a_rule_that_raises_is_unknown_with_its_exception():
    def check(case):
        raise ZeroDivisionError("by none")

    judgement = judge(quiet(), promises=(Promise(About("odd", "Odd"), check),))
    assert judgement.verdict is Verdict.UNKNOWN
    assert judgement.finding("odd").reason == "the rule itself failed: ZeroDivisionError: by none"


def test_a_ledger_that_cannot_be_made_leaves_nothing_held():
    history = quiet()
    broken = [
        replace(e, committed={0: "many"}) if isinstance(e, Checkpoint) else e for e in history
    ]
    assert judge(History(broken)).finding("commit-not-ahead").verdict is Verdict.UNKNOWN


def test_a_promise_checked_over_nothing_is_unknown():
    about = About("nothing", "Nothing")
    assert about.finding(0).verdict is Verdict.UNKNOWN
    assert about.finding(1).verdict is Verdict.HELD


def test_nothing_is_asked_where_no_consumer_ran():
    story = Story(running=False)
    story.send()
    judgement = judge(story.history)
    assert {finding.not_applicable for finding in judgement.findings} == {"no consumer was started"}
    assert judgement.verdict is Verdict.UNKNOWN


def test_a_history_without_a_beginning_is_refused():
    with pytest.raises(ValueError, match="starts with a 'began' event"):
        judge(History())


def test_slugs_and_titles_are_unique():
    assert len({promise.slug for promise in PROMISES}) == len(PROMISES)
    assert len({promise.title for promise in PROMISES}) == len(PROMISES)


@pytest.mark.parametrize("twin", ALL, ids=lambda twin: f"{twin.slug}: {twin.name}")
def test_a_saved_history_gets_the_same_findings(twin, tmp_path):
    history = twin.make()
    save(history, tmp_path / "story.jsonl")
    again = judge(load(tmp_path / "story.jsonl"))
    # NaN is not JSON: it comes back as no score at all, which is as wrong.
    assert [f.verdict for f in again.findings] == [f.verdict for f in judge(history).findings]
