"""How fast the service is: a steady load, a backlog, a kill."""

from tests.checker.story import Story
from tests.checker.twins.twin import Twins

TWINS = Twins()
SLUG = "service-levels"
EVENTS = 200
LIMITS = {"latency_p99_ms": 1500.0, "backlog_s": 20.0, "recovery_s": 5.0}


def _told(partitions=1, limits=LIMITS, **began) -> Story:
    story = Story(partitions=partitions, service_levels=limits, **began)
    story.mark("required", **{SLUG: 1})
    return story


def steady(*, wait_s=0.0, slow=0, limits=LIMITS, count=EVENTS, late_s=0.0):
    """An event every two seconds, answered a second later; ``slow`` of them after ``wait_s``.

    ``late_s``: the suite publishes so much later than was due.
    """
    story = _told(limits=limits)
    begin = story.time + 2 - late_s
    story.mark("paced", begin=begin, every_s=2.0 + wait_s, lot=1, first=0, count=count)
    for number in range(count):
        sent = story.send(f"C{number}")
        story.wait(wait_s if number < slow else 0)
        story.answer(sent)
        story.wait(0 if number < slow else wait_s)
    return story.end()


@TWINS.good(SLUG)
def a_steady_load_in_time():
    """Each is answered a second after it was due."""
    return steady()


@TWINS.good(SLUG)
def one_in_a_hundred_may_be_slow():
    """The 99th percentile leaves out one in a hundred."""
    return steady(wait_s=3.0, slow=EVENTS // 100)


@TWINS.good(SLUG)
def nobody_set_a_limit():
    """Then slow is not wrong."""
    return steady(wait_s=60.0, slow=EVENTS, limits={})


@TWINS.bad(SLUG, says="latency_p99_ms: at most 1500: 4000")
def three_in_two_hundred_are_slow():
    """More than one in a hundred wait for too long."""
    return steady(wait_s=3.0, slow=3)


def backlog(*, seconds=0.0, committed: dict[int, int] | None = None, partitions=2):
    """Two events on each of two partitions, worked off by a service that starts after them."""
    story = _told(partitions, running=False)
    waiting = [story.send(f"C{n}", partition=n % 2) for n in range(4)]
    story.start()
    story.answer(*waiting)
    story.wait(seconds)
    return story.end(committed=committed)


@TWINS.good(SLUG)
def a_backlog_in_time():
    """What waited is worked off within the limit."""
    return backlog()


@TWINS.bad(SLUG, says="backlog_s: at most 20: ")
def a_backlog_that_takes_too_long():
    """It counts as done, too late."""
    return backlog(seconds=20.0)


@TWINS.bad(SLUG, "commit-reaches-end", "stops-clean", says="2 events that do not count as done")
def a_partition_without_a_commit():
    """All is answered, and one partition was never committed: that is a backlog."""
    return backlog(committed={0: 2})


def killed(*, silent_s=0.0, answered=True):
    """Killed with an event in hand, and silent for so long after it was started again."""
    story = _told(delivery="at-least-once")
    story.answer(story.send("A"))
    story.look()
    late = story.send("B")
    story.kill(committed={0: 1})
    story.start()
    story.wait(silent_s)
    if answered:
        story.answer(late)
    return story.end()


@TWINS.good(SLUG)
def back_after_akilled():
    """The member's session is not the service's fault."""
    return killed(silent_s=4.0)


@TWINS.bad(SLUG, says="recovery_s: at most 5: ")
def away_for_too_long_after_akilled():
    """It answers again, long after the session was over."""
    return killed(silent_s=30.0)
