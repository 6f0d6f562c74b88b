"""The loop: exactly as many as asked for, and an orderly end."""

from consumer.errors import Stopped
from consumer.loop import Loop
from consumer.metrics import Metrics
from consumer.processing import BATCH
from consumer.stopping import GRACE_S, Stop


class Source:
    """Hands out numbers; stops the loop when there are no more."""

    def __init__(self, stop, count):
        self.stop, self.left, self.asked, self.tended = stop, count, [], 0

    def fetch(self, most):
        self.asked.append(most)
        got = min(most, self.left, 7)
        self.left -= got
        if not got:
            self.stop.ask()
        return list(range(got))

    def tend(self, _wait_s=0.0):
        self.tended += 1


class Processor:
    def process(self, records):
        return records


class Delivery:
    """Commits at once, or only when it is settled."""

    def __init__(self, late=False, never=False):
        self.late, self.never = late, never
        self.committed = self.pending = self.settled = 0
        self.most = BATCH

    def deliver(self, records):
        self.pending += len(records)
        if not self.late:
            self.settle()

    def settle(self):
        self.settled += 1
        if not self.never:
            self.committed, self.pending = self.committed + self.pending, 0


def loop(count, most=None, **delivery):
    stop, metrics = Stop(), Metrics()
    source, made = Source(stop, count), Delivery(**delivery)
    return Loop(source, Processor(), made, metrics, stop, most), source, made, stop


def test_it_ends_after_exactly_that_many():
    """A batch is cut at the limit; what is behind it is never fetched."""
    run, source, delivery, _ = loop(100, most=17)
    run.run()
    assert delivery.committed == 17
    assert source.left == 83
    assert source.asked == [17, 10, 3]


def test_outcomes_that_wait_for_their_commit_count():
    """Nothing more is fetched for a commit that is late, and it still gets done."""
    run, source, delivery, _ = loop(100, most=17, late=True)
    run.run()
    assert delivery.committed == 17
    assert source.left == 83


def test_without_a_limit_it_goes_on_until_stopped():
    """And asks for full batches."""
    run, source, delivery, _ = loop(50)
    run.run()
    assert delivery.committed == 50
    assert set(source.asked) == {BATCH}


def test_a_stop_commits_what_is_pending():
    """The last batch's commit is not left behind."""
    run, _, delivery, _ = loop(5, late=True)
    run.run()
    assert delivery.committed == 5


def test_a_commit_that_never_comes_ends_with_the_grace():
    """An absent broker does not hold up the end for ever."""
    run, source, delivery, stop = loop(5, late=True, never=True)
    tend = source.tend

    def later(wait_s=0.0):
        tend(wait_s)
        stop._since -= GRACE_S / 3

    source.tend = later
    run.run()
    assert delivery.pending == 5
    assert 2 <= source.tended <= 4


def test_work_that_was_given_up_is_an_orderly_end(caplog):
    """With a line that says so."""
    run, _, delivery, _ = loop(5)

    def given_up(_records):
        raise Stopped

    delivery.deliver = given_up
    run.run()
    assert "uncommitted" in caplog.text
