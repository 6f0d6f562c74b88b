"""A consumer that used a whole limit in vain twice gets less of it."""

from testbed.experience import BRIEF_STOP_S, Experience
from testbed.history import History, Outcome, Process, Settled
from testbed.limits import Limits

SILENT = [Settled(reason="stalled", waited_s=60.0, expected=1)]
ANSWERED = [Outcome(role="predictions", partition=0, offset=0)]
LATE = [Settled(reason="stalled", waited_s=45.0, expected=1, seen=1), *ANSWERED]
DRAINED = [Settled(reason="drained", waited_s=1.0, expected=1, seen=1), *ANSWERED]
DEAF = [Process(instance=0, incarnation=1, what="killed", by="timeout")]
STOPPED = [Process(instance=0, incarnation=1, what="exited")]


def after(*scenarios) -> Limits:
    experience = Experience()
    for events in scenarios:
        experience.learn(History(events))
    return experience.limits(Limits())


def test_nothing_is_held_against_it_at_first():
    assert after() == after(SILENT) == after(DEAF) == Limits()


def test_one_that_never_speaks_gets_less_time_for_a_first_answer():
    assert after(SILENT, SILENT).first_answer_s == Limits().stalled_s


def test_one_that_never_commits_gets_less_time_for_it():
    assert after(LATE, LATE).late_commit_s == Limits().stalled_s
    assert after(LATE, DRAINED, LATE) == after(LATE) == Limits()


def test_one_that_never_stops_gets_less_time_to_stop():
    assert after(DEAF, DEAF).consumer_stop_s == BRIEF_STOP_S


def test_it_is_forgotten_when_it_does_better():
    """And a scenario that asked nothing of it tells nothing."""
    assert after(SILENT, ANSWERED, SILENT) == after(DEAF, STOPPED, DEAF) == Limits()
    assert after(SILENT, [], SILENT) != Limits()


def test_nor_is_it_waited_for_what_it_leaves_behind():
    """A session is as long as one likes; the run is red already."""
    once, twice = Experience(deaf=1), Experience(deaf=2)
    assert (once.session_s(45.0), twice.session_s(45.0)) == (45.0, BRIEF_STOP_S)
    assert twice.session_s(1.0) == 1.0
