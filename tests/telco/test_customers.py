"""The suite's customers: diverse, self-identifying, reproducible, and what they claim to be."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from testbed.history import SCORED
from testbed.telco import customers
from testbed.telco.contract import CATEGORIES, classify
from testbed.telco.events import features
from testbed.telco.fingerprint import fingerprints

SEED = 20260101


@pytest.fixture(scope="module")
def fifty():
    return customers.fifty(SEED)


@pytest.fixture(scope="module")
def stream():
    return customers.stream(SEED, 4000, invalid_share=0.1, odd_share=0.1)


def test_the_fifty_are_fifty_different_valid_customers(fifty):
    assert len({draft.entity for draft in fifty}) == 50
    assert {draft.admits for draft in fifty} == {(SCORED,)}
    assert {classify(draft.value) for draft in fifty} == {(SCORED,)}
    assert [draft.key.decode() for draft in fifty] == [draft.entity for draft in fifty]


def test_the_fifty_show_every_category_and_every_bound(fifty):
    for name, allowed in CATEGORIES.items():
        assert {draft.event[name] for draft in fifty} == set(allowed)
    for name, bounds in {"tenure": {0, 100}, "MonthlyCharges": {0, 200}}.items():
        assert bounds <= {draft.event[name] for draft in fifty}
    totals = [draft.event["TotalCharges"] for draft in fifty]
    assert {" ", "", 0, 1_000_000, "1000000"} <= set(totals)
    assert {str, int, float} <= {type(total) for total in totals}
    assert max(len(draft.entity) for draft in fifty) == 64
    assert sum(not draft.entity.isascii() for draft in fifty) >= 10


def test_the_fifty_fill_all_partitions_and_differ_in_what_the_model_sees(fifty):
    assert set(Counter(draft.partition for draft in fifty)) == {0, 1, 2}
    assert len({draft.features for draft in fifty}) == 50


def test_a_seed_gives_the_same_records_and_another_seed_others(fifty):
    assert customers.fifty(SEED) == fifty
    assert customers.stream(SEED, 300) == customers.stream(SEED, 300)
    other = customers.stream(SEED + 1, 300)
    assert not {d.identity for d in other} & {d.identity for d in customers.stream(SEED, 300)}
    assert customers.token(SEED) in fifty[0].entity


def test_every_record_of_a_stream_is_what_it_claims_to_be(stream):
    for draft in stream:
        assert classify(draft.value) == draft.admits, draft.note
        assert fingerprints(draft.value) == draft.fingerprints
        if draft.admits == (SCORED,):
            assert draft.features == features(draft.event)


def test_a_stream_mixes_as_asked(stream):
    invalid = sum(SCORED not in draft.admits for draft in stream)
    odd = sum(draft.note == "odd but valid" for draft in stream)
    assert 300 < invalid < 500 and 300 < odd < 500
    assert any(draft.key is None for draft in stream)
    assert any(draft.key not in (None, (draft.entity or "").encode()) for draft in stream)
    assert any(len({name for name, _ in d.headers}) < len(d.headers) for d in stream)
    assert len({draft.note for draft in stream if SCORED not in draft.admits}) >= 15


def test_a_customers_events_differ_are_in_order_and_on_one_partition(stream):
    by_customer = defaultdict(list)
    for draft in stream:
        if draft.event:
            by_customer[draft.entity].append(draft)
    assert max(map(len, by_customer.values())) == 4
    for drafts in by_customer.values():
        times = [draft.event["event_ts"] for draft in drafts]
        assert times == sorted(set(times))
        assert len({draft.features for draft in drafts}) == len(drafts)
        assert len({draft.event["tenure"] for draft in drafts}) == len(drafts)
        assert len({draft.partition for draft in drafts}) == 1


def test_events_of_many_customers_are_mixed(stream):
    """A consumer that works on batches meets one customer more than once in a batch."""
    neighbours = sum(a.entity == b.entity for a, b in pairwise(stream))
    assert neighbours < 200
    assert len({draft.entity for draft in stream[:100]}) > 20


def test_a_stream_that_goes_on_repeats_nobody():
    first, second = (customers.stream(SEED, 500, start=start) for start in (0, 500))
    for known in (lambda draft: draft.identity, lambda draft: draft.entity):
        assert set(map(known, first)) & set(map(known, second)) <= {None}


def test_shares_of_nothing_and_of_all_are_kept():
    plain = customers.stream(SEED, 200, invalid_share=0, odd_share=0, partitions=1)
    assert {(draft.admits, draft.partition, draft.note) for draft in plain} == {((SCORED,), 0, "")}
    bad = customers.stream(SEED, 200, per_customer=1, invalid_share=1.0, odd_share=0)
    assert not any(SCORED in draft.admits for draft in bad)
    assert customers.stream(SEED, 0) == []
