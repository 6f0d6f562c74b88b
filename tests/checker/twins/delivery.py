"""Lost, treated twice in two ways, invented."""

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


@TWINS.bad("no-loss", "lag-returns", "stays-up", says="and no instance ran any more")
def gone():
    """The service ends by itself with exit code 0, and the last event is not treated."""
    story = Story()
    story.answer(story.send("A"))
    story.send("B")
    story.process("exited", by="consumer", exit_code=0)
    story.settle("stalled", lag={0: 1})
    story.look("final", {0: 1})
    return story.history


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
def garbage_for_nobody():
    """A record that is no dead letter does not answer a tombstone, though that asks for little."""
    story = Story(dead_letter="json")
    sent = story.bad(value=None)
    story.answer(sent)
    story.letter(sent, error_type=None, value=b"?", key=None)
    return story.end()


@TWINS.bad("no-phantom")
def stray_letter():
    """A dead letter that fits nothing, by content."""
    story = Story(dead_letter="json")
    sent = story.bad()
    story.answer(sent)
    story.letter(sent, value=b"nobody's", key=b"nobody")
    return story.end()


@TWINS.bad("no-phantom", "no-loss", "commit-not-ahead", says="this customer sent other events")
def another_time():
    """A known customer is answered for an event of another time."""
    story = Story()
    story.score(story.send("A", "1"), identity="A|9")
    return story.end()


@TWINS.bad("no-phantom", "no-loss", "commit-not-ahead")
def stranger_for_nobody():
    """Without validation too, a stranger's score is no answer to what has no identity."""
    story = Story(validates=False)
    sent = story.bad("A", identity=None)
    story.score(sent, identity="Z|1", entity="Z", key=b"Z")
    return story.end()
