"""What counts as done, and when."""

from testbed.history import History
from tests.checker.story import Story
from tests.checker.twins.twin import Twins

TWINS = Twins()
ALO = "at-least-once"


@TWINS.good("commit-not-ahead")
def answer_first():
    """Answered, then committed, seen live."""
    story = Story(ALO)
    story.answer(story.send())
    story.look()
    return story.end()


@TWINS.good("commit-not-ahead")
def in_transactions():
    """A live look between the commit and the outcome of one transaction is nobody's fault."""
    story = Story()
    sent = story.send()
    story.look()
    story.answer(sent)
    return story.end()


@TWINS.good("commit-not-ahead")
def in_undeclared_transactions():
    """The same for one that declared less: markers leave gaps in the offsets of its outcomes."""
    story = Story(ALO)
    sent = story.send("A")
    story.look()
    story.answer(sent)
    story.ends["predictions"][0] += 1
    story.answer(story.send("B"))
    return story.end()


@TWINS.bad("commit-not-ahead", says="its outcome came later, predictions[0]@0")
def commit_first():
    """At-least-once: committed before the answer was there."""
    story = Story(ALO)
    sent = story.send()
    story.look()
    story.answer(sent)
    return story.end()


@TWINS.bad("commit-not-ahead", says="1 visible for events that look alike")
def commit_first_of_equals():
    """Two equal events committed, one outcome visible."""
    story = Story(ALO)
    sents = [story.send("A", "1") for _ in range(2)]
    story.answer(sents[0])
    story.look()
    story.answer(sents[1])
    return story.end()


@TWINS.bad("commit-not-ahead", says="(frozen look at")
def commit_first_at_rest():
    """Exactly-once: frozen, at rest, committed and not visible."""
    story = Story()
    sent = story.send()
    story.process("paused")
    story.look("frozen", settled=True)
    story.process("resumed")
    story.answer(sent)
    return story.end()


@TWINS.bad("commit-not-ahead", says="3 committed, so that the next records are skipped")
def beyond_the_end():
    """More committed than there is."""
    story = Story(ALO)
    sents = [story.send(), story.send()]
    story.answer(*sents)
    return story.end(committed={0: 3})


@TWINS.good("commit-reaches-end")
def to_the_end():
    """Past the last record, and past a marker behind it."""
    story = Story(partitions=2)
    story.answer(story.send("A"), story.send("B", partition=1))
    story.send("C", admits=())
    return story.end(committed={0: 3, 1: 1})


@TWINS.bad("commit-reaches-end", "lag-returns", "stops-clean", says="nothing committed")
def never_commits():
    """Everything is answered, nothing is ever committed."""
    story = Story(ALO)
    story.answer(story.send())
    return story.end("stalled", {}, lag={0: 1})


@TWINS.bad("commit-reaches-end", "lag-returns", "stops-clean", says="1 committed, 1 answered")
def last_letter_uncommitted():
    """A dead letter at the end is answered and not committed."""
    story = Story(ALO)
    story.answer(story.send(), story.bad())
    return story.end("stalled", {0: 1}, lag={0: 1})


@TWINS.good("commit-monotone")
def forward():
    """Forward, and once not to be seen at all."""
    story = Story(ALO)
    story.answer(story.send())
    story.look()
    story.look(committed={})
    story.answer(story.send())
    story.look()
    return story.end()


@TWINS.bad("commit-monotone", says="2 committed or more, as at")
def back_for_a_moment():
    """One look alone shows it, and the next commit makes it good."""
    story = Story(ALO)
    story.answer(story.send(), story.send())
    story.settle()
    story.look("drained")
    story.look(committed={0: 1})
    return story.end()


def _cut(delivery: str, *, made_good: bool):
    story = Story(delivery)
    story.answer(story.send(), story.send())
    story.look()
    story.fault("network reset", "begin")
    story.fault("network reset", "end")
    story.look(committed={0: 1})
    if made_good:
        story.look()
    return story.end() if made_good else story.history


@TWINS.good("commit-monotone")
def sent_again_after_a_cut():
    """A commit that was lost is sent again behind a newer one, and a newer one follows."""
    return _cut(ALO, made_good=True)


@TWINS.bad("commit-monotone", says="2 committed or more, as at")
def stays_back_after_a_cut():
    """The old one stays."""
    return _cut(ALO, made_good=False)


@TWINS.bad("commit-monotone", says="2 committed or more, as at")
def back_in_a_transaction_after_a_cut():
    """Exactly-once commits with its results: nothing may be sent twice."""
    return _cut("exactly-once", made_good=True)


@TWINS.bad("commit-monotone", says="2 committed or more, as at")
def rewound_by_stop():
    """The stop itself commits an old offset, and it stays."""
    story = Story(ALO)
    story.answer(story.send(), story.send())
    story.look()
    story.stop()
    story.look("stopped", {0: 1}, settled=False)
    story.look("live", {0: 1})
    story.start()
    story.look()
    return story.end()


@TWINS.bad("commit-monotone", says="2 committed or more, as at")
def back():
    """A late commit of an old offset."""
    story = Story(ALO)
    story.answer(story.send(), story.send())
    story.look()
    story.look(committed={0: 1})
    return story.end()


def _idle_restart(again: bool):
    story = Story()
    sent = story.send("A")
    story.answer(sent)
    story.settle()
    story.look("drained")
    story.stop()
    story.look("stopped")
    story.mark("idle restart begin")
    story.start()
    sentinel = story.send("S")
    if again:
        story.answer(sent)
    story.answer(sentinel)
    story.settle()
    story.mark("idle restart end")
    return story.end()


@TWINS.good("restart-idle")
def nothing_new():
    """Only the sentinel is answered after the restart."""
    return _idle_restart(again=False)


@TWINS.bad("restart-idle", "no-duplicates", says="answered again: predictions[0]@1")
def something_new():
    """An old event is answered again."""
    return _idle_restart(again=True)


@TWINS.good("stops-clean")
def clean_stop():
    """Stopped under load: what is answered is committed, and the rest waits."""
    story = Story(ALO)
    story.answer(story.send("A"))
    rest = story.send("B")
    story.stop()
    story.look("stopped", {0: 1})
    story.start()
    story.answer(rest)
    return story.end()


@TWINS.good("stops-clean")
def stop_after_kill():
    """What a killed member left answered and uncommitted is not laid on the one that stops."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.kill(committed={})
    story.start()
    story.stop()
    story.look("stopped", {})
    story.start()
    story.answer(sent)
    return story.end()


@TWINS.bad("stops-clean", says="to count as done after the stop")
def uncommitted_stop():
    """Stopped with an answered event that does not count as done."""
    story = Story(ALO)
    story.answer(story.send("A"), story.send("B"))
    story.stop()
    story.look("stopped", {0: 1})
    story.start()
    story.look()
    return story.end()


def _killed_for_it(**how) -> History:
    """Asked to stop, and killed because that did not do."""
    story = Story(ALO)
    story.answer(story.send())
    story.look()
    story.process("stopping")
    story.process("killed", by="timeout", **how)
    story.start()
    return story.end()


@TWINS.bad("stops-clean", says="still running after 30.0 s, so that it had to be killed")
def deaf():
    """Does not stop when asked."""
    return _killed_for_it(took_s=30.0)


@TWINS.bad("stops-clean", says="2 of those that it had started were still members of the group")
def leaves_its_own_at_work():
    """The process that was asked ends, those that do the work do not."""
    return _killed_for_it(took_s=32.0, left_behind=2)


@TWINS.bad("stops-clean", says="exit code 0: exit code 1")
def reference_exit_code():
    """The reference's exit code is judged."""
    story = Story()
    story.answer(story.send())
    story.stop(exit_code=1)
    story.start()
    return story.end()


@TWINS.good("stops-clean")
def other_exit_code():
    """That of any other is not."""
    story = Story(consumer="java -jar mine.jar")
    story.answer(story.send())
    story.stop(exit_code=143)
    story.start()
    return story.end()
