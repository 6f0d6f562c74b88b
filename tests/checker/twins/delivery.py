"""Lost, doubled, invented: the accounting itself."""

from tests.checker.story import Story
from tests.checker.twins.twin import Twins

TWINS = Twins()
ALO = "at-least-once"


@TWINS.good("no-loss")
def all_answered():
    """Each event has its outcome, whichever kind."""
    story = Story()
    story.answer(story.send(), story.bad("B"))
    return story.end()


@TWINS.good("no-loss")
def failed_and_unknown():
    """A send that failed is not missed; one without an answer may appear or not."""
    story = Story()
    story.answer(story.send())
    story.send("B", outcome="failed")
    story.send("C", outcome="unknown")
    story.score(story.send("D", outcome="unknown"))
    return story.end()


@TWINS.bad("no-loss", "commit-not-ahead", says="read and committed (committed up to 2)")
def vanished():
    """Committed, and nobody answered."""
    story = Story()
    story.answer(story.send("A"))
    story.send("B")
    return story.end()


@TWINS.bad("no-loss", "lag-returns", says="never finished: its partition is committed up to 1")
def stuck():
    """The last event is not treated, and nothing moves any more."""
    story = Story()
    story.answer(story.send("A"))
    story.send("B")
    return story.end("stalled", {0: 1}, lag={0: 1})


@TWINS.bad("no-loss", "no-phantom", "commit-not-ahead", says="near miss: customer A, event 9")
def other_event():
    """The right customer is answered for an event that was never sent."""
    story = Story()
    story.score(story.send("A", "1"), identity="A|9")
    return story.end()


@TWINS.bad("no-loss", "commit-not-ahead", says="1 outcome for each of 3 events")
def one_of_three():
    """Of three equal events two are answered."""
    story = Story()
    sents = [story.send("A", "1") for _ in range(3)]
    story.answer(*sents[:2])
    return story.end()


@TWINS.good("no-duplicates")
def equal_events():
    """Three equal events, three outcomes, out of turn under at-least-once with no fault."""
    story = Story(ALO)
    story.answer(*[story.send("A", "1") for _ in range(3)])
    return story.end()


@TWINS.bad("no-duplicates", says="no member was killed")
def twice():
    """One event, two predictions, nothing happened."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent, sent)
    return story.end()


@TWINS.bad("no-duplicates", says="2 outcomes for 2 events that look alike")
def third_of_two():
    """Two equal events, three predictions."""
    story = Story()
    sents = [story.send("A", "1") for _ in range(2)]
    story.answer(*sents, sents[0])
    return story.end()


@TWINS.bad("no-duplicates")
def two_letters():
    """One bad event, two dead letters."""
    story = Story(ALO, dead_letter="json")
    sent = story.bad()
    story.answer(sent, sent)
    return story.end()


@TWINS.good("no-duplicates")
def killed_between():
    """At-least-once: answered, not committed, killed, answered again."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.kill(committed={})
    story.start()
    story.answer(sent)
    return story.end()


@TWINS.bad("no-duplicates", says="exactly-once delivery was declared")
def killed_between_exactly_once():
    """The same under exactly-once."""
    story = Story()
    sent = story.send()
    story.answer(sent)
    story.kill(committed={})
    story.start()
    story.answer(sent)
    return story.end()


@TWINS.bad("no-duplicates", says="was killed at 6.0 s, but offset 0 was already done")
def killed_but_done():
    """At-least-once: a kill does not excuse the repetition of what was committed."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.look()
    story.kill()
    story.start()
    story.answer(sent)
    return story.end()


@TWINS.bad("no-duplicates", says="1 unclean end excuses only one more each")
def three_after_one_kill():
    """One kill excuses one more outcome, not two."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.kill(committed={})
    story.start()
    story.answer(sent, sent)
    return story.end()


@TWINS.good("no-duplicates")
def two_kills():
    """Two kills excuse two more."""
    story = Story(ALO)
    sent = story.send()
    for _ in range(2):
        story.answer(sent)
        story.kill(committed={})
        story.start()
    story.answer(sent)
    return story.end()


@TWINS.bad("no-duplicates", says="but the event was published later")
def published_after_kill():
    """What was published after the kill cannot have been in the dead member's hands."""
    story = Story(ALO)
    story.answer(story.send("A"))
    story.kill(committed={})
    story.start()
    sent = story.send("B")
    story.answer(sent, sent)
    return story.end()


@TWINS.bad("no-duplicates", says="no member was killed")
def after_clean_stop():
    """A clean stop and a restart excuse nothing."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.look()
    story.stop()
    story.start()
    story.answer(sent)
    return story.end()


@TWINS.good("no-duplicates")
def outlived():
    """Frozen past its session: one more for what it had in hand."""
    story = Story(ALO)
    story.start(1)
    sent = story.send()
    story.process("paused")
    story.wait(8)
    story.answer(sent)
    story.look()
    story.process("resumed")
    story.answer(sent)
    story.stop(1)
    return story.end()


@TWINS.bad("no-duplicates")
def frozen_briefly():
    """Frozen for less than its session: nothing is excused."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.freeze(1)
    story.answer(sent)
    return story.end()


@TWINS.good("no-duplicates")
def killed_while_frozen():
    """Frozen, replaced, and killed: what counts is what was done when it froze."""
    story = Story(ALO)
    story.start(1)
    sent = story.send()
    story.answer(sent)
    story.process("paused")
    story.wait(8)
    story.answer(sent)
    story.look()
    story.kill()
    story.start()
    story.stop(1)
    return story.end()


@TWINS.good("no-duplicates")
def survivor_commits():
    """With another member at work, commits behind the kill say nothing about the dead one."""
    story = Story(ALO)
    story.start(1)
    sent = story.send()
    story.answer(sent)
    story.process("killed")
    story.answer(sent)
    story.look("live")
    story.look("killed", settled=False)
    story.start()
    story.stop(1)
    return story.end()


@TWINS.good("no-duplicates")
def cut_off():
    """Cut off from the broker past its session."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.fault("network blackhole", "begin")
    story.wait(8)
    story.fault("network blackhole", "end")
    story.answer(sent)
    return story.end()


@TWINS.good("never-both")
def one_kind_each():
    """Equal events may differ in kind only one by one; here each has one outcome."""
    story = Story()
    sents = [story.send("A", "1", admits=("scored", "validation_error")) for _ in range(2)]
    story.letter(sents[0])
    story.score(sents[1])
    return story.end()


@TWINS.bad("never-both")
def both():
    """Scored and dead-lettered, where either would have been right."""
    story = Story()
    sent = story.send(admits=("scored", "validation_error"))
    story.score(sent)
    story.letter(sent)
    return story.end()


@TWINS.bad("never-both")
def both_after_kill():
    """A kill excuses a repetition, not a change of mind."""
    story = Story(ALO, dead_letter="json")
    sent = story.send(admits=("scored", "validation_error"))
    story.score(sent)
    story.kill(committed={})
    story.start()
    story.letter(sent)
    return story.end()


@TWINS.good("no-phantom")
def known_only():
    """Every outcome is somebody's, that of an unacknowledged send too."""
    story = Story()
    story.answer(story.send("A"))
    unknown = story.bad("B", outcome="unknown")
    story.letter(unknown, source=None)
    return story.end()


@TWINS.bad("no-phantom", says="customer Z, event 1")
def stranger():
    """A prediction for a customer that nobody sent."""
    story = Story()
    sent = story.send()
    story.answer(sent)
    story.score(sent, identity="Z|1", entity="Z")
    return story.end()


@TWINS.bad("no-phantom", says="which names no event")
def garbage():
    """A record on the predictions topic that nobody can read."""
    story = Story()
    sent = story.send()
    story.answer(sent)
    story.score(sent, identity=None, entity=None, score=None, label=None)
    return story.end()


@TWINS.bad("no-phantom")
def stray_letter():
    """A dead letter that fits nothing, by content."""
    story = Story(dead_letter="json")
    sent = story.bad()
    story.answer(sent)
    story.letter(sent, value=b"nobody's", key=b"nobody")
    return story.end()
