"""What the service shows, beside what it did."""

from msgspec.structs import replace

from testbed.history import INPUT, Figures, Reading
from tests.checker.story import Story
from tests.checker.twins.twin import Twins

TWINS = Twins()
SLUG = "figures-agree"
RIGHT = Figures(
    events=3, outcomes={"scored": 2, "validation_error": 1}, dead_letters={"validation_error": 1},
    batch_records=3, lag={0: 0, 1: 0}, partitions=2, rebalances=1, commits=1,
    transactions={"committed": 1},
)  # fmt: skip


def _shown(*figures: Figures | None, delivery="exactly-once", freeze_s=0.0, **reading):
    """Two events scored and one dead-lettered, then a reading of each instance.

    After a freeze the first one is scored once more.
    """
    story = Story(delivery, partitions=2, running=False)
    runs = [_started(story, instance) for instance in range(len(figures))]
    story.group(*([(0, 1)] if len(figures) == 1 else [(0,), (1,)]))
    first = story.send()
    story.answer(first, story.send("B", partition=1), story.bad("C"))
    if freeze_s:
        story.freeze(freeze_s)
        story.score(first)
    story.settle()
    story.look("drained")
    for instance, one in enumerate(figures):
        usual = {"instance": instance, "incarnation": runs[instance], "families": 11}
        story.add(Reading(**usual | {"figures": one} | reading))
    for instance in range(len(figures)):
        story.run = runs[instance]
        story.stop(instance)
    story.look("stopped")
    story.look("final")
    return story.history


def _started(story: Story, instance: int) -> int:
    story.start(instance)
    return story.run


def _changed(**fields):
    return lambda: _shown(replace(RIGHT, **fields))


@TWINS.good(SLUG)
def every_figure_agrees():
    """Each figure is the ledger's."""
    return _shown(RIGHT)


@TWINS.good(SLUG)
def two_instances_add_up():
    """Each shows its own part, and the lag of its own partition."""
    one = Figures(
        events=1, outcomes={"scored": 1}, batch_records=1, lag={1: 0}, partitions=1, rebalances=1,
        transactions={"committed": 1},
    )  # fmt: skip
    other = replace(
        RIGHT, events=2, outcomes={"scored": 1, "validation_error": 1}, batch_records=2, lag={0: 0},
        partitions=1,
    )  # fmt: skip
    return _shown(other, one)


@TWINS.good(SLUG)
def other_names():
    """A page whose names nobody agreed on can be taken, and says nothing that could be wrong."""
    return _shown(None)


@TWINS.good(SLUG)
def commits_instead_of_transactions():
    """At-least-once knows no transactions."""
    return _shown(replace(RIGHT, transactions={}), delivery="at-least-once")


@TWINS.good(SLUG)
def records_taken_again_after_a_refusal():
    """A transaction was aborted, and its records done again: they were taken twice."""
    return _shown(
        replace(RIGHT, events=5, batch_records=5, transactions={"committed": 1, "aborted": 1})
    )


@TWINS.good(SLUG)
def an_answer_repeated_and_counted_once():
    """Of an event that was answered again, a figure may know once or twice."""
    return _shown(replace(RIGHT, transactions={}), delivery="at-least-once", freeze_s=8.0)


def _bad(name: str, says: str, **fields):
    make = _changed(**fields)
    make.__doc__, make.__name__ = name, name
    TWINS.bad(SLUG, says=says)(make)


_bad("one score too few", "outcomes of type scored: 2: 1",
     outcomes={"scored": 1, "validation_error": 1})  # fmt: skip
_bad("another type of letter", "outcomes of type inference_error: 0: 1",
     outcomes={"scored": 2, "inference_error": 1})  # fmt: skip
_bad("no dead letters by type", "dead letters of type validation_error: 1: 0", dead_letters={})
_bad("events that nobody sent", "events taken: 3: 4", events=4, batch_records=4)
_bad("fewer events than outcomes", "events taken: 3: 2", events=2, batch_records=2)
_bad("batches that hold less", "records in batches: 3: 2", batch_records=2)
_bad("work that never ends", "records in flight: 0: 3", in_flight=3)
_bad("a partition too few", "partitions owned: 2: 1", partitions=1)
_bad("a backlog that is none", f"the backlog of {INPUT}[1]: 0: 7", lag={0: 0, 1: 7})
_bad("a partition without a backlog", "figures of 0 instances", lag={0: 0})
_bad("no transaction", "transactions that were committed: at least 1: 0", transactions={})
_bad("no assignment", "changes of the assignment", rebalances=0)


@TWINS.bad(SLUG, says="commits that were committed: at least 1: 0")
def no_commit():
    """All is done, and no commit was counted."""
    return _shown(replace(RIGHT, commits=0), delivery="at-least-once")


@TWINS.bad(SLUG, says="HTTP status 500")
def a_page_that_fails():
    """Prometheus gets an error."""
    return _shown(None, families=0, problems=("HTTP status 500",))


@TWINS.bad(SLUG, says="no figures")
def an_empty_page():
    """There is a page, and nothing on it."""
    return _shown(None, families=0)
