"""What cannot be told is UNKNOWN: neither held nor laid on the consumer."""

import pytest

from testbed.checker import judge
from testbed.checker.verdict import Verdict
from testbed.history import Figures, Reading
from tests.checker.story import Story
from tests.checker.twins import levels

ALO = "at-least-once"


def unknown(story_end, slug: str) -> str:
    """The reason; fails where anything is broken, or the promise is not UNKNOWN."""
    judgement = judge(story_end)
    assert not judgement.broken, judgement.broken
    finding = judgement.finding(slug)
    assert finding.verdict is Verdict.UNKNOWN
    return finding.reason or finding.not_applicable


def test_slow_is_not_lost():
    story = Story()
    story.answer(story.send("A"))
    story.send("B")
    end = story.end("capped", {0: 1}, waited_s=30.0, lag={0: 1})
    assert "1 event had no outcome yet: work was still going on" in unknown(end, "no-loss")
    assert "still going on after 30 s" in unknown(end, "lag-returns")
    assert "still going on" in unknown(end, "commit-reaches-end")


def test_slow_for_long_but_committing_is_not_a_loop():
    story = Story(ALO)
    story.answer(story.send("A"))
    story.send("B")
    story.wait(290)
    story.look("live", {0: 1})
    end = story.end("capped", {0: 1}, waited_s=290.0, lag={0: 1})
    assert "still going on" in unknown(end, "lag-returns")


def test_events_behind_a_stop_wait_for_the_next_start():
    story = Story()
    story.answer(story.send("A"), story.bad("B"))
    story.stop()
    story.send("C")
    story.settle("stalled", lag={0: 1})
    story.look("final", {0: 2})
    assert "no instance was running" in unknown(story.history, "no-loss")
    assert "1 neighbour had no outcome yet" in unknown(story.history, "poison-isolated")
    assert "no instance was running" in unknown(story.history, "commit-reaches-end")


def test_a_kill_without_restart_is_not_laid_on_the_consumer():
    story = Story(ALO)
    story.send()
    story.kill(committed={})
    story.settle("stalled", lag={0: 1})
    story.look("final", {})
    unknown(story.history, "no-loss")
    assert "nobody was running, or a fault" in unknown(story.history, "lag-returns")


def test_an_instance_that_ended_by_itself_is_at_fault_for_what_waits():
    story = Story(ALO)
    story.send()
    story.process("exited", by="consumer", exit_code=1)
    story.settle("stalled", lag={0: 1})
    story.look("final", {})
    broken = {finding.promise for finding in judge(story.history).broken}
    assert broken == {"stays-up", "no-loss", "lag-returns"}


def _read_by_somebody(*, settle=True, late=False, again=False):
    story = Story()
    story.answer(story.send("A"))
    if again:
        story.kill()
        story.start()
    if settle:
        story.settle()
    story.add(Reading(instance=0, incarnation=story.run, families=1, figures=Figures()))
    if late:
        story.answer(story.send("B"))
    return story.end()


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"settle": False}, "before all was answered"),
        ({"late": True}, "answered after the figures were read"),
        ({"again": True}, "a run of one was not read"),
    ],
)
def test_figures_of_another_time_than_the_ledger_are_not_compared(when, why):
    assert why in unknown(_read_by_somebody(**when), "figures-agree")


@pytest.mark.parametrize(
    ("history", "why"),
    [
        (lambda: levels.steady(late_s=2.0), "only because the suite published late"),
        (lambda: levels.steady(count=50), "50 events say nothing about percentiles"),
        (lambda: levels.backlog(partitions=3), "nothing was published on input[2]"),
    ],
)
def test_levels_that_nothing_proves_are_not_kept(history, why):
    assert why in unknown(history(), "service-levels")


def test_a_history_that_ends_in_the_middle_tells_no_loss():
    story = Story()
    story.answer(story.send("A"))
    story.send("B")
    story.look()
    assert "before the scenario came to rest" in unknown(story.history, "no-loss")
    assert "before the scenario came to rest" in unknown(story.history, "commit-reaches-end")


def test_what_the_input_topic_withholds_is_not_lost():
    story = Story()
    story.answer(story.send("A"))
    story.send("B")
    story.inputs[0] = 1  # an open transaction before the second event
    end = story.end("stalled", {0: 1}, lag={0: 1})
    assert "an open transaction holds it" in unknown(end, "no-loss")


def test_what_a_dead_members_transaction_hides_is_not_lost():
    story = Story()
    story.answer(story.send("A"))
    story.send("B")
    story.kill(committed={0: 1})
    story.start()
    story.settle()
    story.stop()
    story.look("final", {0: 2}, settled=False)
    assert "left a transaction open" in unknown(story.history, "no-loss")


def test_a_transaction_left_open_by_a_clean_stop_is_a_loss():
    story = Story()
    story.answer(story.send("A"))
    story.send("B")
    story.settle()
    story.stop()
    story.look("final", {0: 2}, settled=False)
    assert {finding.promise for finding in judge(story.history).broken} == {"no-loss"}


def test_silence_about_a_cancelled_event_needs_proof_of_life():
    story = Story()
    story.answer(story.send("A"))
    story.send("X", admits=())
    end = story.end(committed={0: 1})
    assert "without an answered event behind" in unknown(end, "aborted-invisible")


def test_an_idle_restart_without_a_sentinel_proves_nothing():
    story = Story()
    story.answer(story.send())
    story.mark("idle restart begin")
    story.mark("idle restart end")
    assert "nothing shows that it worked" in unknown(story.end(), "restart-idle")


def test_a_zombie_with_empty_hands_proves_nothing():
    story = Story()
    story.answer(story.send())
    story.look()
    story.freeze(8)
    assert "nothing was in hand" in unknown(story.end(), "zombie-adds-nothing")


def test_exactly_once_without_a_look_at_rest_tells_nothing_of_early_commits():
    story = Story()
    story.answer(story.send())
    story.look()
    assert "no moment at rest" in unknown(story.history, "commit-not-ahead")


def test_commits_that_were_not_looked_at_after_the_wait_prove_nothing():
    story = Story()
    story.answer(story.send())
    story.look()
    story.settle("stalled")
    assert "not looked at after the last wait" in unknown(story.history, "commit-reaches-end")


def test_scores_without_equal_features_cannot_be_compared():
    story = Story(oracle=False)
    story.score(story.send(score=None, label=None), score=0.4, label=0)
    assert "no two events had equal features" in unknown(story.end(), "consistent-score")


def test_a_stop_before_the_service_was_ready_is_judged_for_the_reference_only():
    def stopped_early(**began):
        story = Story(running=False, **began)
        story.run = 1
        story.process("started")
        story.process("stopping")
        story.process("killed", by="timeout", took_s=30.0)
        story.start()
        story.answer(story.send())
        return story.end()

    assert not judge(stopped_early(consumer="mine")).broken
    broken = {finding.promise for finding in judge(stopped_early()).broken}
    assert broken == {"stops-clean"}


def test_silence_about_a_hidden_event_needs_another_answer_while_it_was_hidden():
    story = Story()
    sent = story.send("A", hidden=(story.time, story.time + 4))
    story.wait(4)
    story.answer(sent)
    assert "without an answered event" in unknown(story.end(), "aborted-invisible")


def test_one_event_of_each_customer_asks_for_no_order():
    story = Story()
    story.answer(story.send("A"), story.send("B"))
    assert "no customer sent two" in unknown(story.end(), "order-per-customer")


def test_events_that_the_broker_refused_ask_for_no_order():
    story = Story(ALO)
    first, second = story.send("A"), story.send("A")
    story.fault("broker refuses results", "begin")
    story.answer(second)
    story.fault("broker refuses results", "end")
    story.answer(first)
    assert "no customer sent two" in unknown(story.end(), "order-per-customer")


def test_order_was_asked_for_though_nothing_came():
    story = Story()
    story.send("A")
    story.send("A")
    end = story.end("capped", {}, waited_s=30.0, lag={0: 2})
    assert "no customer sent two" not in unknown(end, "order-per-customer")


def test_a_form_is_asked_for_where_an_outcome_was_due():
    story = Story()
    story.bad()
    end = story.end("capped", {}, waited_s=30.0, lag={0: 1})
    assert "nothing was sent that calls for" in unknown(end, "prediction-contract")
    assert "nothing was sent that calls for" not in unknown(end, "dead-letter-contract")
