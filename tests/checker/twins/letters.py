"""The form of outcomes, and the original that a dead letter gives back."""

from hashlib import sha256

from msgspec.structs import replace

from testbed.history import Position, Recovered
from tests.checker.story import TOPICS, Story
from tests.checker.twins.content import one, one_bad
from tests.checker.twins.twin import Twins

TWINS = Twins()
LARGE = b"x" * 900_000


@TWINS.good("prediction-contract")
def prediction_in_form():
    """A prediction without problems."""
    return one()


@TWINS.bad(
    "prediction-contract",
    says="customer A, event 1: a record that keeps",
)
def prediction_out_of_form():
    """A prediction that lacks a field."""
    problem = "Expected model_version to be text, got nothing, in the value."
    return one(lambda story, sent: story.score(sent, problems=(problem,)))


@TWINS.good("dead-letter-contract")
def letter_in_form():
    """Under json the exact form is not asked for."""
    return one_bad(
        lambda story, sent: story.letter(sent, exact_problems=("Expected source_topic",)),
        dead_letter="json",
    )


@TWINS.bad("dead-letter-contract", says="Expected source_topic")
def letter_out_of_form():
    """Under exact it is."""
    return one_bad(
        lambda story, sent: story.letter(sent, exact_problems=("Expected source_topic",))
    )


@TWINS.bad("dead-letter-contract")
def letter_without_reason():
    """A reason is asked for under either."""
    return one_bad(
        lambda story, sent: story.letter(sent, problems=("Expected error_type",)),
        dead_letter="json",
    )


@TWINS.good("dead-letter-faithful")
def all_given_back():
    """Bytes, key, headers; a null header may come back empty, a reserved name may not come."""
    headers = (("a", b"1"), ("a", None), ("x-dlq-spoof", b"!"), ("b", b""))
    back = (("a", b"1"), ("a", b""), ("b", b""))
    return one_bad(lambda story, sent: story.letter(sent, headers=back), {"headers": headers})


def _cut(value: bytes, **fields):
    usual = {"length": len(LARGE), "sha256": sha256(LARGE).hexdigest(), "headers": ()}
    return Recovered(value=value, value_known=True, key=b"A", key_known=True, truncated=True,
                     **{**usual, **fields})  # fmt: skip


@TWINS.good("dead-letter-faithful")
def cut_honestly():
    """An oversized original as its start, length and digest."""
    return one_bad(
        lambda story, sent: story.letter(sent, recovered=_cut(LARGE[:500])), {"value": LARGE}
    )


@TWINS.bad("dead-letter-faithful", says="original_message_length 900000")
def cut_wrongly():
    """A wrong length, and a wrong digest."""
    cut = _cut(LARGE[:500], length=500, sha256="0")
    return one_bad(lambda story, sent: story.letter(sent, recovered=cut), {"value": LARGE})


@TWINS.bad("dead-letter-faithful", says="the whole original")
def cut_needlessly():
    """An original that would have fitted."""
    cut = _cut(b"A|", length=3, sha256=sha256(b"A|1").hexdigest())
    return one_bad(lambda story, sent: story.letter(sent, recovered=cut))


@TWINS.bad("dead-letter-faithful", says="the original b'A|1': b'a|1'")
def changed_bytes():
    """Other bytes than were sent."""
    return one_bad(lambda story, sent: story.letter(sent, value=b"a|1"))


@TWINS.bad("dead-letter-faithful", says="the key b'A': null")
def lost_key():
    """The key is gone."""
    return one_bad(lambda story, sent: story.letter(sent, key=None))


@TWINS.bad("dead-letter-faithful", says="headers [a=b'1', b=b'2']")
def headers_swapped():
    """Headers in another order."""
    headers = (("a", b"1"), ("b", b"2"))
    return one_bad(
        lambda story, sent: story.letter(sent, headers=headers[::-1]), {"headers": headers}
    )


@TWINS.bad("dead-letter-faithful", says="the source in[0]@0: in[0]@7")
def wrong_place():
    """Coordinates of nobody, with the content of somebody."""
    place = Position(TOPICS["input"], 0, 7)
    return one_bad(lambda story, sent: story.letter(sent, source=place))


@TWINS.good("dead-letter-faithful")
def by_json():
    """Under json: equal ones by turns, what cannot be compared by presence, no keys at all."""
    story = Story(dead_letter="json")
    sents = [story.bad("A", str(n), value=b"{}") for n in range(3)]
    vague = [story.bad("B", value=None), story.bad("C", value=b"\xff", fingerprints=())]
    for sent in [*reversed(sents), *vague]:
        story.letter(sent, key=None, source=None, value=sent.value and b"{}", headers=None)
    letters = [n for n, event in enumerate(story.events) if hasattr(event, "recovered")]
    for number in letters[3:]:  # null and broken UTF-8 come back as something else
        given = replace(story.events[number].recovered, value=b"?", fingerprints=("t0",))
        story.events[number] = replace(story.events[number], recovered=given)
    return story.end()


@TWINS.bad("dead-letter-faithful", says="the original b'A|1' as text or JSON")
def changed_json():
    """Under json: another original under the right key."""
    return one_bad(
        lambda story, sent: story.letter(sent, value=b"?", source=None), dead_letter="json"
    )


@TWINS.bad("dead-letter-faithful", says="the source in[0]@0: in[0]@1")
def another_source_json():
    """Under json: the right original, and the place of the record behind it."""

    def letter(story, sent):
        source = Position(TOPICS["input"], sent.partition, sent.offset + 1)
        return story.letter(sent, source=source)

    return one_bad(letter, dead_letter="json")


@TWINS.good("dead-letter-faithful")
def source_of_an_equal_json():
    """Under json: of equal originals, which is whose cannot be told."""
    story = Story(dead_letter="json")
    first, second = [story.bad("A", value=b"{}") for _ in range(2)]
    for sent, other in ((first, second), (second, first)):
        source = Position(TOPICS["input"], other.partition, other.offset)
        story.letter(sent, value=b"{}", source=source)
    return story.end()


@TWINS.good("poison-isolated")
def beside_poison():
    """Events beside a bad one are answered."""
    story = Story()
    story.answer(story.send("A"), story.bad("B"), story.send("C"))
    return story.end()


@TWINS.bad("poison-isolated", "no-loss", "commit-not-ahead", says="although customer B, event 1")
def behind_poison():
    """The event behind a bad one is dropped with it."""
    story = Story()
    story.answer(story.send("A"), story.bad("B"))
    story.send("C")
    return story.end()


def _lots(pause_s, good_pause_s=0.0):
    """Three good events, then three bad ones, with so many seconds before each answer."""
    story = Story()
    for phase, send, pause in (("good lot", story.send, good_pause_s),
                               ("bad lot", story.bad, pause_s)):  # fmt: skip
        for sent in [send(name, phase=phase) for name in "ABC"]:
            story.wait(pause)
            story.answer(sent)
    return story.end()


@TWINS.good("poison-isolated")
def lots_alike():
    """Bad events in a row take a little longer than good ones."""
    return _lots(6)


@TWINS.good("poison-isolated")
def slow_in_all():
    """Slow is not wrong: good events take as long."""
    return _lots(40, 20)


@TWINS.bad("poison-isolated", says="3 events in a row that were bad")
def tries_and_waits():
    """Each bad event is tried again and again, with a pause."""
    return _lots(20)


@TWINS.good("dead-letter-faithful")
def equals_in_reverse():
    """Equal originals are told apart by their places, in whatever order the letters come."""
    story = Story()
    sents = [story.bad("A", "1") for _ in range(2)]
    story.answer(*reversed(sents))
    return story.end()


@TWINS.bad("dead-letter-faithful", says="the source in[0]@1")
def anothers_place():
    """The original of one and the place of another: both have their letter."""
    story = Story()
    first, second = story.bad("A"), story.bad("B")
    story.letter(first)
    story.letter(second, source=Position(TOPICS["input"], 0, 0))
    return story.end()


@TWINS.bad("dead-letter-faithful")
def placed_and_damaged():
    """Under json: another text and no key, but the place says whose it is."""
    story = Story(dead_letter="json")
    story.letter(story.bad(), value=b"?", key=None)
    return story.end()
