"""Which records count as put back, and what is said where one is missing or changed."""

from types import SimpleNamespace

import pytest

from testbed.history import DEAD_LETTERS, History, Outcome, Position, Recovered, Sent
from testbed.telco import fingerprint
from testbed.telco.records import RawRecord
from testbed.world.repair import Repair

SENT = Sent(
    n=0, outcome="acknowledged", partition=1, offset=4, key=b"k", value=b'{"a":1}',
    headers=(("a", b"1"), ("b", None), ("x-dlq-a", b"")), admits=("inference_error",), features="f",
    identity="c|t", entity="c", fingerprints=fingerprint.fingerprints(b'{"a":1}'), note="odd",
)  # fmt: skip


def repair(fidelity: str = "exact", **change) -> Repair:
    """One whose single letter came back as what was sent, but for ``change``."""
    world = SimpleNamespace(options=SimpleNamespace(dead_letter=fidelity), history=History([SENT]))
    made = Repair(world)
    back = {
        "partition": 1,
        "offset": 9,
        "key": b"k",
        "value": SENT.value,
        "headers": (("a", b"1"), ("b", None)),
    }
    made._wanted, made._arrived = [SENT], [RawRecord(topic="events", **back | change)]
    return made


@pytest.mark.parametrize("fidelity", ["exact", "json"])
def test_an_original_that_came_back_is_seen(fidelity):
    repair(fidelity).expect_arrived()


def test_a_null_header_may_come_back_empty():
    """Not every client can send null."""
    repair(headers=(("a", b"1"), ("b", b""))).expect_arrived()


def test_under_json_an_equal_original_will_do():
    repair("json", value=b'{ "a": 1.0 }', headers=(), partition=0).expect_arrived()


@pytest.mark.parametrize(
    "change",
    [{"value": b'{ "a":1}'}, {"value": None}, {"key": None}, {"headers": ()}, {"partition": 0},
     {"headers": (("a", b"1"), ("a", b"1"))}, {"headers": (("a", b"1"),)},
     {"headers": (("b", None), ("a", b"1"))}, {"headers": (("a", b""), ("b", None))}],
)  # fmt: skip
def test_under_exact_every_bit_counts(change):
    with pytest.raises(AssertionError, match="Expected 1 originals on the input topic once more"):
        repair(**change).expect_arrived()


@pytest.mark.parametrize("change", [{"value": b'{"a":2}'}, {"value": None}])
def test_under_json_another_original_is_seen(change):
    with pytest.raises(AssertionError, match="missing"):
        repair("json", **change).expect_arrived()


def test_one_too_few_and_one_too_many_are_seen():
    """As a multiset: equal originals count."""
    short, long = repair(), repair()
    short._arrived.clear()
    long._arrived *= 2
    for one in (short, long):
        with pytest.raises(AssertionError, match=f"got {len(one._arrived)}"):
            one.expect_arrived()


def test_nothing_to_put_back_is_no_proof():
    made = repair()
    made._wanted.clear()
    with pytest.raises(AssertionError, match="got none"):
        made.expect_arrived()


def test_a_letter_belongs_to_the_record_of_its_place_or_its_content():
    """By content where no place is told."""
    made = repair()
    placed = Outcome(
        role=DEAD_LETTERS, partition=0, offset=0, source=Position("events", 1, 4),
        recovered=Recovered(),
    )  # fmt: skip
    told = Outcome(
        role=DEAD_LETTERS, partition=0, offset=1,
        recovered=Recovered(fingerprints=SENT.fingerprints),
    )  # fmt: skip
    foreign = Outcome(role=DEAD_LETTERS, partition=0, offset=2)
    assert made._sent_of([placed]) == made._sent_of([told]) == [SENT]
    assert made._sent_of([foreign]) == []


def test_what_came_back_is_judged_as_the_first_time():
    """An event with features may be scored by a model that knows them; a stranger by nobody."""
    made = repair()
    draft = made._draft(made._arrived[0])
    assert (draft.admits, draft.identity, draft.note) == (("scored",), "c|t", "put back, odd")
    stranger = made._draft(RawRecord(topic="e", partition=0, offset=0, key=None, value=b"new"))
    assert (stranger.admits, stranger.note) == ((), "put back, and never sent")
