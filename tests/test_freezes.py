"""What the bench waits for around a member that is frozen."""

from types import SimpleNamespace

import pytest

from testbed import freezes
from testbed.history import Group, Member


def bench(*looks, ends=(10, 5), running=3):
    """A group whose commits, or whose members, are ``looks`` one after the other."""
    told = list(looks)

    def look():
        return told.pop(0) if len(told) > 1 else told[0]

    group = SimpleNamespace(
        committed=lambda: dict(enumerate(look())), describe=look,
        ends=lambda role: {role: dict(enumerate(ends))},
    )  # fmt: skip
    fleet = SimpleNamespace(running=lambda: [None] * running)
    return SimpleNamespace(group=group, fleet=fleet, partitions={"input": len(ends)}), told


def test_all_is_done_when_every_partition_is_committed_to_its_end():
    pipeline, left = bench((9, 5), (10,), (10, 5), (0, 0))
    freezes.await_all_done(pipeline)
    assert left == [(0, 0)]


def test_who_commits_by_a_slow_clock_is_not_waited_for(monkeypatch):
    """The load goes on instead; that nothing was done at all is for a promise to tell."""
    monkeypatch.setattr(freezes, "QUIET_S", 0.05)
    pipeline, _ = bench((0, 0))
    freezes.await_all_done(pipeline)


def test_a_commit_without_work_is_waited_for_as_long_as_a_clock_may_take(monkeypatch):
    pipeline, left = bench((10, 5), (10, 5), (3, 5), (0, 0))
    freezes.await_a_commit(pipeline)
    assert left == [(0, 0)]
    monkeypatch.setattr(freezes, "IDLE_S", 0.05)
    freezes.await_a_commit(bench((10, 5))[0])


def group(state: str, *partitions: tuple[int, ...]) -> Group:
    members = (Member(member_id=str(n), client_id="", partitions=own)
               for n, own in enumerate(partitions))  # fmt: skip
    return Group(state=state, members=tuple(members))


@pytest.mark.parametrize(
    ("seen", "running", "together"),
    [
        pytest.param(group("stable", (0,), (1,), ()), 3, True, id="all back"),
        pytest.param(group("stable", (0,), (1,)), 3, False, id="one is missing"),
        pytest.param(group("stable", (0,), (1,)), 2, True, id="one has ended"),
        pytest.param(group("preparing rebalance", (0,), (1,), ()), 3, False, id="on the move"),
        pytest.param(group("stable", (0,), (), ()), 3, False, id="a partition without owner"),
    ],
)
def test_a_group_is_together_again_when_all_who_run_are_in_it(seen, running, together):
    pipeline, _ = bench(seen, running=running)
    assert freezes._reunited(pipeline, members=3, instances=3) == together


def test_members_of_several_threads_are_counted_by_process():
    """Two processes of three with two members each: four of six."""
    pipeline, _ = bench(group("stable", (0,), (1,), (), ()), running=2)
    assert freezes._reunited(pipeline, members=6, instances=3)
