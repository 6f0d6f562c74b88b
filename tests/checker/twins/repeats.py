"""Answered twice, and what excuses it."""

from tests.checker.story import Story
from tests.checker.twins.twin import Twins

TWINS = Twins()
ALO = "at-least-once"


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
def frozen_again_and_again():
    """Short freezes with no breath between them are one long one."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    for _ in range(4):
        story.process("paused")
        story.wait(1)
        story.process("resumed")
        story.time -= 0.9
    story.answer(sent)
    return story.end()


@TWINS.bad("no-duplicates", says="excuses only one more each")
def killed_while_frozen_for_long():
    """A freeze that ends by a kill is one unclean event, not two."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.process("paused")
    story.wait(8)
    story.kill(committed={})
    story.start()
    story.answer(sent, sent)
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


@TWINS.bad("no-duplicates", says="already done (committed up to 1)")
def frozen_long_before_it_was_killed():
    """What was done after a short freeze is not excused by the kill that comes later."""
    story = Story("at-least-once")
    story.start(1)
    sent = story.send()
    story.freeze(1)
    story.answer(sent)
    story.look()
    story.kill()
    story.answer(sent)
    story.stop(1)
    return story.end()


@TWINS.bad("no-duplicates", "no-loss", "poison-isolated")
def one_key_twice():
    """Under json: of equal texts with different keys one is dead-lettered twice."""
    story = Story(dead_letter="json")
    first = story.bad("A", value=b"same", key=b"a")
    story.bad("B", value=b"same", key=b"b")
    story.answer(first, first)
    return story.end()


@TWINS.good("no-duplicates")
def one_key_left_out():
    """Under json: of equal texts one letter tells its key and one does not; each has its own."""
    story = Story(dead_letter="json")
    first = story.bad("A", value=b"same", key=b"a")
    second = story.bad("B", value=b"same", key=b"b")
    story.letter(first, source=None)
    story.letter(second, source=None, key=None)
    return story.end()
