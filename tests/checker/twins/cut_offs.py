"""Answered twice because the broker was away, or said no."""

from tests.checker.story import Story
from tests.checker.twins.twin import Twins

TWINS = Twins()
ALO = "at-least-once"


def cut_off_for_long(answers_behind: int) -> Story:
    """Cut off from the broker past its session, and so many more answers when it is back."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.fault("network blackhole", "begin")
    story.wait(8)
    story.fault("network blackhole", "end")
    story.answer(*[sent] * answers_behind)
    return story


@TWINS.good("no-duplicates")
def cut_off():
    """What was in hand is answered once more."""
    return cut_off_for_long(1).end()


def kept_away(*, between) -> Story:
    """A line that goes again and again, and a member that leaves its group over it."""
    story = Story(ALO)
    sent = story.send()
    story.fault("network reset", "begin")
    for _ in range(2):
        story.group((0,))
        story.answer(sent)
        between(story)
        story.group(state="empty")
    story.fault("network reset", "end")
    story.start()
    story.answer(sent, sent)
    return story


@TWINS.good("no-duplicates")
def left_again_and_again():
    """One more for the fault, and for each time that the member left and came back over it."""
    return kept_away(between=lambda story: None).end()


@TWINS.bad("no-duplicates", says="1 unclean end excuses only one more each")
def left_because_it_was_asked():
    """A member that leaves as it stops has all its work done, in a fault as elsewhere."""
    return kept_away(between=Story.stop).end()


@TWINS.good("no-duplicates")
def refused_again_and_again():
    """The predictions of a batch are refused, its dead letter is not: tried again as a whole."""
    story = Story(ALO)
    story.fault("broker refuses results", "begin")
    bad, good = story.bad("A"), story.send("B")
    story.answer(bad, bad, bad, bad)
    story.fault("broker refuses results", "end")
    story.answer(bad, good)
    return story.end()


@TWINS.bad("no-duplicates", says="excuses only one more each")
def cut_off_again_and_again():
    """One cut from the broker leaves one batch in doubt, and no more."""
    return cut_off_for_long(2).end()


@TWINS.bad("no-duplicates", says="already done (committed up to 1)")
def done_before_it_was_refused():
    """What counted as done before is not to be tried again."""
    story = Story(ALO)
    sent = story.send()
    story.answer(sent)
    story.look()
    story.fault("broker refuses results", "begin")
    story.answer(sent)
    story.fault("broker refuses results", "end")
    return story.end()
