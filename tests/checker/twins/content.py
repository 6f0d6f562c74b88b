"""What an outcome says: its kind, its score, its form, and the original that it gives back."""

from hashlib import sha256

from msgspec.structs import replace

from testbed.history import Position, Recovered
from tests.checker.story import TOPICS, Story
from tests.checker.twins.twin import Twins

TWINS = Twins()
LARGE = b"x" * 900_000


def one(make=lambda story, sent: story.answer(sent), **began):
    """One valid event beside the one under test, so that nothing else is vacuous."""
    story = Story(**began)
    story.answer(story.send("Z", "0"))
    make(story, story.send("A", "1"))
    return story.end()


def one_bad(make=lambda story, sent: story.answer(sent), fields=None, **began):
    """One bad event with its dead letter."""
    story = Story(**began)
    make(story, story.bad("A", "1", **(fields or {})))
    return story.end()


@TWINS.good("right-outcome")
def right_kinds():
    """Valid scored, bad dead-lettered, and where there is room either."""
    story = Story()
    story.answer(story.send("A"), story.bad("B"))
    story.letter(story.send("C", admits=("scored", "validation_error")))
    return story.end()


@TWINS.good("right-outcome")
def unvalidated():
    """A consumer that declares not to validate may score what breaks only the schema."""
    story = Story(validates=False)
    story.score(story.bad("A"), score=0.4, label=0)
    story.score(story.bad("B", identity=None), identity=None, score=0.4, label=0,
                problems=("Expected event_ts to be text, got nothing, in the value.",))  # fmt: skip
    story.letter(story.bad("C"), error_type="inference_error")
    return story.end()


@TWINS.bad("right-outcome", says="a dead letter (validation_error)")
def bad_scored():
    """A bad event is scored."""
    return one_bad(lambda story, sent: story.score(sent, score=0.4, label=0))


@TWINS.bad("right-outcome", says="dead-lettered as validation_error at dead letters[0]@0")
def valid_dead_lettered():
    """A valid event is dead-lettered."""
    return one(lambda story, sent: story.letter(sent))


@TWINS.bad("right-outcome")
def unreadable_scored():
    """Not even a consumer that does not validate may score what is not JSON."""
    fields = {"admits": ("deserialization_error",)}
    return one_bad(
        lambda story, sent: story.score(sent, score=0.4, label=0), fields, validates=False
    )


@TWINS.good("right-error-type")
def right_reason():
    """Either of two reasons is right for a tombstone."""
    fields = {"value": None, "admits": ("deserialization_error", "validation_error")}
    return one_bad(lambda story, sent: story.letter(sent, error_type="validation_error"), fields)


@TWINS.bad("right-error-type", says="error_type validation_error")
def wrong_reason():
    """A schema breach named as unreadable."""
    return one_bad(lambda story, sent: story.letter(sent, error_type="deserialization_error"))


@TWINS.good("right-score")
def close_enough():
    """A millionth off, and either label at one half."""
    story = Story()
    story.score(story.send("A"), score=0.250001)
    story.score(story.send("B", score=0.5, label=0), label=1)
    return story.end()


@TWINS.bad("right-score", says="score 0.25, label 0: score 0.250002, label 0")
def off():
    """Two millionths off."""
    return one(lambda story, sent: story.score(sent, score=0.250002))


@TWINS.bad("right-score")
def wrong_label():
    """The right probability with the wrong label."""
    return one(lambda story, sent: story.score(sent, label=1))


@TWINS.bad("right-score")
def not_a_number():
    """NaN is no score."""
    return one(lambda story, sent: story.score(sent, score=float("nan")))


@TWINS.bad("right-score", says="that is the score of customer B, event 1")
def mixed_up():
    """Two customers get each other's score."""
    story = Story()
    a, b = story.send("A", "1", score=0.1), story.send("B", "1", score=0.2)
    story.score(a, score=0.2)
    story.score(b, score=0.1)
    return story.end()


@TWINS.bad("right-score")
def cached_by_name():
    """Two events under one name with different features, both given the first one's score."""
    story = Story()
    a, b = story.send("A", "1", score=0.1), story.send("A", "1", score=0.2)
    story.score(a)
    story.score(b, score=0.1)
    return story.end()


@TWINS.good("right-score")
def repeated_by_kill():
    """Of two events under one name the second is repeated, which a kill excuses."""
    story = Story("at-least-once")
    a, b = story.send("A", "1", score=0.1), story.send("A", "1", score=0.2)
    story.answer(a, b)
    story.kill(committed={0: 1})
    story.start()
    story.answer(b)
    return story.end()


@TWINS.good("consistent-score")
def equals_alike():
    """Equal features, equal scores."""
    story = Story(oracle=False)
    for name in "AB":
        story.score(story.send(name, features="f", score=None, label=None), score=0.7, label=1)
    return story.end()


@TWINS.bad("consistent-score", says="customer C, event 2")
def equals_apart():
    """Equal features, and one score that differs."""
    story = Story(oracle=False)
    for name, score in zip("ABC", (0.7, 0.7, 0.3), strict=True):
        sent = story.send(name, features="f", score=None, label=None)
        story.score(sent, score=score, label=int(score > 0.5))
    return story.end()


@TWINS.good("order-per-customer")
def in_order():
    """In order per customer; a dead letter between and another customer do not matter."""
    story = Story()
    first, bad, other, last = story.send("A"), story.bad("A"), story.send("B"), story.send("A")
    story.answer(other, first, last, bad)
    return story.end()


@TWINS.bad("order-per-customer", says="to be scored after customer A, event 0 (input[0]@0)")
def out_of_order():
    """The second event of a customer is scored first."""
    story = Story()
    first, second = story.send("A"), story.send("A")
    story.answer(second, first)
    return story.end()


@TWINS.good("order-per-customer")
def repeated_in_order():
    """A repetition of the first event behind the second is no disorder."""
    story = Story("at-least-once")
    first, second = story.send("A"), story.send("A")
    story.answer(first, second)
    story.kill(committed={})
    story.start()
    story.answer(first, second)
    return story.end()


@TWINS.good("order-per-customer")
def equal_events_around():
    """Equal events around another one, repeated: which came first nobody can tell."""
    story = Story("at-least-once")
    first, middle, last = story.send("A", "1"), story.send("A", "2"), story.send("A", "1")
    story.answer(first)
    story.kill(committed={})
    story.start()
    story.answer(first, middle, last)
    story.answer(story.send("B", "1"), story.send("B", "2"))
    return story.end()


@TWINS.good("prediction-contract")
def prediction_in_form():
    """A prediction without problems."""
    return one()


@TWINS.bad("prediction-contract", says="Expected model_version")
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
