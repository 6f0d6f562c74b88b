"""What an outcome says: its kind, its reason, its score, and its place in the order."""

from tests.checker.story import Story
from tests.checker.twins.twin import Twins

TWINS = Twins()


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


@TWINS.bad("order-per-customer", says="is the partition chosen by the record's key?")
def scattered():
    """In order, but over two output partitions: nobody can see it."""
    story = Story(partitions=2)
    for partition, sent in enumerate([story.send("A"), story.send("A")]):
        story.score(sent, partition=partition)
    return story.end()


@TWINS.good("order-per-customer")
def by_input_partition():
    """A customer on two input partitions has two orders, wherever the predictions stand."""
    story = Story(partitions=2)
    for partition in range(2):
        for sent in [story.send("A", partition=partition), story.send("A", partition=partition)]:
            story.score(sent, partition=partition)
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


def late(fault: str, delivery="at-least-once") -> Story:
    """Two events in hand; the first one's answer is refused, or lost, and comes behind the other's.

    Two more of another customer are in order.
    """
    story = Story(delivery)
    first, second = story.send("A"), story.send("A")
    story.fault(fault, "begin")
    story.answer(second)
    story.fault(fault, "end")
    story.answer(first)
    story.wait(20)
    story.look("stopped")
    story.answer(story.send("B"), story.send("B"))
    return story


@TWINS.good("order-per-customer")
def refused_and_sent_again():
    """At least once: of a batch the broker refused a part, and took the rest."""
    return late("broker refuses results").end()


@TWINS.bad("order-per-customer", says="to be scored after customer A, event 0")
def lost_and_sent_again():
    """A line that is cut changes no order: clients can be told so."""
    return late("network cut").end()


@TWINS.bad("order-per-customer", says="to be scored after customer A, event 0")
def refused_and_sent_again_exactly_once():
    """In a transaction all of a batch is refused, or nothing."""
    return late("broker refuses results", "exactly-once").end()


@TWINS.bad("order-per-customer", says="to be scored after customer A, event 2")
def out_of_order_behind_a_refusal():
    """What was published after a refusal was not in hand."""
    story = Story("at-least-once")
    first, second = story.send("A"), story.send("A")
    story.fault("broker refuses results", "begin")
    story.answer(first, second)
    story.fault("broker refuses results", "end")
    story.wait(20)
    story.look("stopped")
    third, fourth = story.send("A"), story.send("A")
    story.answer(fourth, third)
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


@TWINS.good("consistent-score")
def alike_in_name_only():
    """Events that look alike and differ in features: whose score is whose nobody can tell."""
    story = Story(oracle=False)
    unknown = {"score": None, "label": None}
    for name in "BC":
        story.score(story.send(name, features="f", **unknown), score=0.7, label=1)
    for score, features in ((0.3, "f"), (0.7, "g")):
        sent = story.send("A", "1", features=features, **unknown)
        story.score(sent, score=score, label=int(score > 0.5))
    return story.end()
