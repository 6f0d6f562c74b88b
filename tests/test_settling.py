"""When a scenario has come to rest. Time and broker are fakes; nothing waits."""

from types import SimpleNamespace

import pytest

from testbed.history import Began, Group, History, Member, Outcome, Process, Sent
from testbed.limits import Limits
from testbed.settling import Settling

LIMITS = Limits(stalled_s=15, first_answer_s=60, settle_s=2, outcomes_s=300, late_commit_s=45,
                open_transaction_s=60)  # fmt: skip


class Situation:
    """Two events on one partition, one consumer, and a clock that tests move."""

    def __init__(self):
        self.time, self.offsets, self.alive = 0.0, {}, [object()]
        self.unstable: set = set()
        self.history = History(clock=lambda: self.time)
        self.history.append(Began(scenario="s", at=0.001))
        for n in range(2):
            self.history.append(
                Sent(n=n, at=0.1, outcome="acknowledged", partition=0, offset=n, admits=("scored",))
            )
        self.history.append(Process(at=0.2, instance=0, incarnation=1, what="started"))
        self.reader, self.asked = SimpleNamespace(count=0), 0
        self.settling = Settling(
            history=self.history,
            fleet=SimpleNamespace(running=lambda: self.alive),
            reader=self.reader,
            group=SimpleNamespace(committed=self.committed, unstable=lambda: self.unstable),
            limits=LIMITS,
            session_timeout_s=6,
        )

    def answer(self, count):
        """So many outcomes become visible now."""
        for _ in range(count):
            self.history.append(
                Outcome(at=self.time or 0.3, role="predictions", partition=0, offset=0)
            )
        self.reader.count += count

    def committed(self):
        """What the group tells."""
        self.asked += 1
        return dict(self.offsets)

    def reason_at(self, time):
        """What is said at that time."""
        self.time = time
        return self.settling.reason()


def stable(*members, at):
    """The group with these members, one partition each."""
    owned = enumerate(members)
    return Group(
        at=at,
        state="stable",
        members=tuple(Member(member_id=m, client_id="c", partitions=(p,)) for p, m in owned),
    )


@pytest.fixture
def situation():
    """A fresh one."""
    return Situation()


def test_all_answered_and_committed_is_drained(situation):
    """At once, without a moment of patience."""
    situation.answer(2)
    situation.offsets = {0: 2}
    assert situation.reason_at(1) == "drained"


def test_the_group_is_seldom_asked_while_answers_are_missing(situation):
    """And at every look once they are all there."""
    for tick in range(10):
        situation.reason_at(1 + tick / 50)
    assert situation.asked == 1
    situation.answer(2)
    for tick in range(10):
        situation.reason_at(2 + tick / 50)
    assert situation.asked == 11


def test_a_partition_without_a_commit_is_behind(situation):
    """Even when everything is answered."""
    situation.answer(2)
    assert situation.reason_at(1) == ""
    assert situation.settling.lag() == {0: 2}


def test_committed_but_unanswered_gets_a_short_grace(situation):
    """An outcome may become visible after its commit; one that never comes is not waited for."""
    situation.answer(1)
    situation.offsets = {0: 2}
    assert situation.reason_at(1) == ""
    assert situation.reason_at(1 + LIMITS.settle_s + 0.1) == "drained"


def test_slow_is_not_stalled(situation):
    """Every new outcome begins the patience anew."""
    situation.answer(1)
    for time in range(1, 100, 14):
        situation.reader.count += 1
        assert situation.reason_at(time) == ""


def test_no_news_is_stalled(situation):
    """After the limit, when something had been answered before."""
    situation.answer(1)
    assert situation.reason_at(1) == ""
    assert situation.reason_at(15.5) == ""
    assert situation.reason_at(16.5) == "stalled"


def test_a_commit_may_come_by_a_clock(situation):
    """All is answered: one that commits every half a minute is not stuck meanwhile."""
    situation.answer(2)
    assert situation.reason_at(1) == ""
    assert situation.reason_at(45.5) == ""
    assert situation.reason_at(46.5) == "stalled"


def test_a_start_may_take_longer_than_an_answer(situation):
    """Until its first answer a consumer may still load its model."""
    assert situation.reason_at(1) == ""
    assert situation.reason_at(50) == ""
    assert situation.reason_at(62) == "stalled"


def test_a_killed_member_holds_its_work_until_its_session_ends(situation):
    """The patience counts from there."""
    situation.answer(1)
    situation.history.append(Process(at=1.0, instance=1, incarnation=1, what="killed"))
    assert situation.reason_at(1) == ""
    assert situation.reason_at(21.5) == ""
    assert situation.reason_at(22.5) == "stalled"


def test_an_open_transaction_of_a_killed_member_hides_what_its_successor_does(situation):
    """Until the broker aborts it; then the successor has its own time."""
    situation.answer(1)
    situation.history.append(Process(at=1.0, instance=0, incarnation=1, what="killed"))
    situation.unstable = {("predictions", 0, 7)}
    assert [situation.reason_at(time) for time in (3, 30, 59)] == ["", "", ""]
    situation.unstable = set()
    assert situation.reason_at(60) == ""
    assert situation.reason_at(76) == "stalled"


def test_what_is_done_and_hidden_by_an_open_transaction_is_waited_for(situation):
    """All is committed by the successor; its answers stand behind what the killed one left."""
    situation.answer(1)
    situation.offsets = {0: 2}
    situation.history.append(Process(at=1.0, instance=0, incarnation=1, what="killed"))
    situation.unstable = {("predictions", 0, 7)}
    assert [situation.reason_at(time) for time in (3, 30, 59)] == ["", "", ""]
    situation.unstable = set()
    assert [situation.reason_at(time) for time in (60, 61.5)] == ["", "drained"]
    situation.answer(1)
    assert situation.reason_at(61.6) == "drained"


def test_no_transaction_is_waited_for_longer_than_a_client_may_take(situation):
    """Nor one that nobody left: a member that lives ends its own."""
    situation.unstable = {("predictions", 0, 7)}
    situation.answer(1)
    assert [situation.reason_at(time) for time in (3, 20)] == ["", "stalled"]
    situation.history.append(Process(at=20.0, instance=0, incarnation=1, what="killed"))
    assert [situation.reason_at(time) for time in (43, 79, 96)] == ["", "", "stalled"]


def test_a_member_killed_while_it_joined_holds_work_for_a_session_of_its_own(situation):
    """The group counts it in the round that its kill did not stop, and gives it work."""
    situation.answer(1)
    situation.history.append(Process(at=1.0, instance=0, incarnation=1, what="killed"))
    situation.history.append(stable("killed", "alive", at=7.0))
    assert situation.reason_at(7.1) == ""
    assert situation.reason_at(27.5) == ""
    assert situation.reason_at(28.5) == "stalled"


def test_a_member_that_ended_without_leaving_holds_its_work(situation):
    """As one of a static group does, or one that is simply gone."""
    situation.answer(1)
    situation.history.append(stable("gone", "alive", at=0.5))
    situation.history.append(Process(at=4.0, instance=1, incarnation=1, what="exited"))
    assert situation.reason_at(4) == ""
    assert situation.reason_at(24.5) == ""
    assert situation.reason_at(25.5) == "stalled"


def test_a_group_of_living_members_is_waited_for_no_longer(situation):
    """Who joins last has no session to wait for."""
    situation.answer(1)
    assert situation.reason_at(1) == ""
    situation.history.append(stable("alive", at=10.0))
    assert situation.reason_at(16.5) == "stalled"


def test_nobody_left_is_told_soon(situation):
    """Where no process runs nothing can change."""
    situation.answer(1)
    situation.alive = []
    assert situation.reason_at(1) == ""
    assert situation.reason_at(3.5) == "stalled"


def test_an_endless_trickle_is_capped(situation):
    """A consumer that always answers something ends at the hard cap."""
    for time in range(1, 305, 5):
        situation.reader.count += 1
        said = situation.reason_at(time)
    assert said == "capped"
