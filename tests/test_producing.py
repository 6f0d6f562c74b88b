"""Records that somebody else put on the topic."""

from testbed.history import History, Sent
from testbed.producing import Publisher
from testbed.telco.draft import Draft


def test_what_others_published_is_recorded_as_acknowledged():
    """With its place, what is right for it, and the next number."""
    history = History()
    publisher = Publisher(None, "events", history)
    publisher.count = 7
    draft = Draft(key=b"k", value=b"v", admits=("scored",), identity="a|b")
    (sent,) = publisher.adopt([draft], [(0.25, 0)], [(2, 9)])
    assert history.of(Sent) == [sent]
    assert (sent.n, sent.outcome, sent.partition, sent.offset) == (7, "acknowledged", 2, 9)
    assert (sent.key, sent.value, sent.score, sent.label) == (b"k", b"v", 0.25, 0)
    assert publisher.count == 8
