"""The service as a whole: cancelled events, members believed dead, backlog, processes, group."""

from testbed.history import NAMESAKE
from tests.checker.story import Story
from tests.checker.twins.twin import Twins

TWINS = Twins()
ALO = "at-least-once"


@TWINS.good("aborted-invisible")
def cancelled():
    """Nothing for the cancelled event, and an answer for the one behind it."""
    story = Story()
    story.send("X", admits=())
    story.answer(story.send("A"))
    return story.end()


@TWINS.bad("aborted-invisible", says="no outcome, for its transaction was not committed")
def cancelled_answered():
    """The cancelled event is scored."""
    story = Story()
    sent = story.send("X", admits=())
    story.score(sent)
    story.answer(story.send("A"))
    return story.end()


@TWINS.good("aborted-invisible")
def cancelled_and_sent_again():
    """Cancelled, sent again for good, and answered once."""
    story = Story()
    story.send("A", "1", admits=())
    story.answer(story.send("A", "1"))
    return story.end()


def _undecided(answer_early: bool):
    story = Story(partitions=2)
    story.answer(story.send("B", partition=1))
    hidden = story.send("A", hidden=(story.time, story.time + 4))
    if answer_early:
        story.score(hidden)
    story.answer(story.send("C", partition=1))
    story.wait(4)
    if not answer_early:
        story.answer(hidden)
    return story.end()


@TWINS.good("aborted-invisible")
def answered_when_it_was_decided():
    """Held back while another was answered, and answered after that."""
    return _undecided(answer_early=False)


@TWINS.bad("aborted-invisible", says="no outcome yet")
def answered_before_it_was_decided():
    """Scored while its sender might still have taken it back."""
    return _undecided(answer_early=True)


def _zombie(delivery: str, repeats: int):
    story = Story(delivery)
    story.start(1)
    sent = story.send()
    story.process("paused")
    story.wait(8)
    story.answer(sent)
    story.look()
    story.process("resumed")
    story.answer(*[sent] * repeats)
    story.stop(1)
    return story.end()


@TWINS.good("zombie-adds-nothing")
def quiet_zombie():
    """Comes back and adds nothing."""
    return _zombie("exactly-once", 0)


@TWINS.good("zombie-adds-nothing")
def excused_zombie():
    """At-least-once: comes back and finishes what it had in hand."""
    return _zombie(ALO, 1)


@TWINS.bad("zombie-adds-nothing", "no-duplicates")
def visible_zombie():
    """Exactly-once: what it had in hand becomes visible."""
    return _zombie("exactly-once", 1)


@TWINS.bad("zombie-adds-nothing", "no-duplicates")
def busy_zombie():
    """At-least-once: adds more than what it had in hand."""
    return _zombie(ALO, 2)


@TWINS.good("lag-returns")
def back_to_zero():
    """Stalled while nobody ran, drained after the restart."""
    story = Story(ALO)
    sent = story.send()
    story.kill(committed={})
    story.settle("stalled", lag={0: 1})
    story.start()
    story.answer(sent)
    return story.end()


@TWINS.good("lag-returns")
def stalled_in_outage():
    """Stalled while the broker was away, drained after it came back."""
    story = Story(ALO)
    sent = story.send()
    story.fault("broker away", "begin")
    story.settle("stalled", lag={0: 1})
    story.fault("broker away", "end")
    story.answer(sent)
    return story.end()


@TWINS.good("lag-returns")
def stalled_behind_open_transaction():
    """Nobody may read what stands behind an open transaction; when it ends, all is read."""
    story = Story()
    story.answer(story.send("A"))
    story.send("X", admits=())
    sent = story.send("B")
    story.inputs[0] = 1
    story.look("live")
    story.settle("stalled", lag={0: 2})
    story.inputs[0] = 3
    story.answer(sent)
    return story.end()


@TWINS.bad("lag-returns", says="1 in input[0], and nothing moved any more")
def stalled_for_a_while():
    """Stalled with a running member, and restarted out of it."""
    story = Story(ALO)
    sent = story.send()
    story.settle("stalled", lag={0: 1})
    story.look(committed={})
    story.stop()
    story.start()
    story.answer(sent)
    return story.end()


@TWINS.bad("lag-returns", "no-duplicates", "stops-clean", says="no commit, but outcomes went on")
def looping():
    """The same dead letter again and again, and no commit."""
    story = Story(ALO)
    sent = story.bad()
    story.answer(sent, sent, sent)
    story.wait(300)
    return story.end("capped", {}, waited_s=300.0, lag={0: 1})


@TWINS.good("stays-up")
def as_asked():
    """Ends when asked, or when it was told to take so many events."""
    story = Story()
    story.answer(story.send())
    story.process("exited", exit_code=0)
    story.start()
    return story.end()


@TWINS.good("stays-up")
def fenced():
    """Frozen past its session and replaced, it may end with an error code."""
    story = Story()
    story.start(1)
    story.answer(story.send())
    story.freeze(8, instance=1)
    story.process("exited", 1, by="consumer", exit_code=6)
    return story.end()


@TWINS.good("stops-clean")
def fenced_as_it_stops():
    """Frozen past its session, it learns in the moment of its stop that it was replaced."""
    story = Story()
    story.start(1)
    story.answer(story.send())
    story.freeze(8, instance=1)
    story.stop(1, exit_code=6)
    return story.end()


@TWINS.good("stays-up")
def has_a_namesake():
    """Another program took its transactions over: to end over it is right."""
    story = Story()
    story.answer(story.send())
    story.fault(NAMESAKE, "begin")
    story.fault(NAMESAKE, "end")
    story.process("exited", by="consumer", exit_code=6)
    story.start()
    return story.end()


@TWINS.bad("stays-up", says="ended by itself at 11.0 s with exit code 6")
def had_a_namesake_in_another_run():
    """It has begun anew since, under its own name again."""
    story = Story()
    story.answer(story.send())
    story.fault(NAMESAKE, "begin")
    story.fault(NAMESAKE, "end")
    story.stop()
    story.start()
    story.process("exited", by="consumer", exit_code=6)
    story.start()
    return story.end()


@TWINS.bad("stays-up", says="ended by itself at 4.0 s with exit code 1")
def crashed():
    """Ends by itself and is started again."""
    story = Story()
    sent = story.send()
    story.process("exited", by="consumer", exit_code=1)
    story.start()
    story.answer(sent)
    return story.end()


@TWINS.bad("stays-up", says="one of 2 such ends")
def crash_loop():
    """Ends by itself again and again."""
    story = Story(ALO)
    sent = story.send()
    for _ in range(2):
        story.process("exited", by="consumer", exit_code=1)
        story.start()
    story.answer(sent)
    return story.end()


@TWINS.good("every-partition-owned")
def owned():
    """A cooperative group lets a partition go for a moment."""
    story = Story(partitions=2)
    story.answer(story.send())
    story.group((0, 1))
    story.group((0,), ())
    story.group((0,), (1,))
    return story.end()


@TWINS.good("every-partition-owned")
def let_go_after_a_long_batch():
    """A partition is without an owner for as long as its last one needs for what it has in hand."""
    story = Story(partitions=2)
    story.group((0,), ())
    for _ in range(3):
        story.wait(8)
        story.answer(story.send())
    story.group((0,), (1,))
    return story.end()


@TWINS.bad("every-partition-owned", says="input[1] has 0")
def orphaned():
    """A partition that nobody owns for long."""
    story = Story(partitions=2)
    story.answer(story.send())
    story.group((0,), ())
    story.wait(13)
    return story.end()


@TWINS.bad("every-partition-owned", says="input[1] has 2")
def shared():
    """A partition that two own for long."""
    story = Story(partitions=2)
    story.answer(story.send())
    story.group((0, 1), (1,))
    story.wait(13)
    return story.end()


@TWINS.good("stops-clean")
def killed_between_two_markers():
    """Answer and commit become visible one after the other; a kill in between is no stop."""
    story = Story()
    story.answer(story.send("A"))
    story.stop()
    story.look("stopped")
    story.start()
    story.answer(story.send("B"))
    story.kill(committed={0: 1})
    story.look("stopped", {0: 1})
    story.start()
    return story.end()
