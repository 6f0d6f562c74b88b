"""Which scenarios apply, and why others do not."""

from types import SimpleNamespace

import pytest

from testbed.applies import reason_to_skip
from testbed.options import Options


def bench(
    *, can_spare=False, owned=True, shared=False, kind="kafka", stand_in=False, **options
):  # fmt: skip
    return SimpleNamespace(
        can_spare=can_spare,
        shared=shared,
        broker=object(),
        options=Options(**options),
        handover=SimpleNamespace(owned=owned, proxied=(), kind=kind, stand_in=stand_in),
    )


@pytest.mark.parametrize(
    ("given", "skipped"),
    [
        ({"can_spare": True, "owned": False, "shared": True}, False),  # another is at hand
        ({"owned": True}, False),
        ({"owned": True, "shared": True}, True),  # other workers would suffer
        ({"owned": False}, True),  # somebody else's
    ],
)
def test_a_broker_is_only_broken_where_nobody_else_uses_it(given, skipped):
    assert bool(reason_to_skip(["breaks-broker"], bench(**given))) is skipped


@pytest.mark.parametrize("delivery", ["at-least-once", "exactly-once"])
def test_what_only_one_delivery_promises_is_asked_of_that_one(delivery):
    declared = bench(delivery=delivery)
    assert not reason_to_skip([delivery], declared)
    (other,) = {"at-least-once", "exactly-once"} - {delivery}
    assert "declares" in reason_to_skip([other], declared)


def test_what_needs_a_guarded_broker_is_skipped_where_none_can_be_had():
    assert not reason_to_skip(["guarded"], bench(can_spare=True))
    assert "asks who is there" in reason_to_skip(["guarded"], bench())


@pytest.mark.parametrize(
    ("command", "applies"), [("", True), ("run {client_config}", True), ("run", False)]
)
def test_only_who_takes_client_properties_can_be_let_in(command, applies):
    declared = bench(consumer_command=command)
    assert bool(reason_to_skip(["client-config"], declared)) is not applies


@pytest.mark.parametrize(("fidelity", "applies"), [("exact", True), ("json", False)])
def test_bits_are_asked_only_of_who_gives_them_back(fidelity, applies):
    declared = bench(dead_letter=fidelity)
    assert bool(reason_to_skip(["exact-letters"], declared)) is not applies


@pytest.mark.parametrize("tag", ["can-pause", "can-kill", "can-restart", "can-proxy"])
def test_what_the_broker_cannot_do_is_skipped_with_a_reason(tag):
    assert "this broker cannot be" in reason_to_skip([tag], bench())


@pytest.mark.parametrize(
    ("kind", "stand_in", "applies"),
    [("kafka", False, True), ("redpanda", False, False), ("redpanda", True, True)],
)
def test_the_newer_group_protocol_is_not_asked_of_redpanda(kind, stand_in, applies):
    """A stand-in for it is Apache Kafka."""
    assert bool(reason_to_skip(["new-groups"], bench(kind=kind, stand_in=stand_in))) is not applies


def test_a_cluster_is_at_hand_where_another_broker_costs_little():
    assert not reason_to_skip(["cluster"], bench(can_spare=True))
    assert "several nodes" in reason_to_skip(["cluster"], bench())
