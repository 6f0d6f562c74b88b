"""Which scenarios apply, and why others do not."""

from types import SimpleNamespace

import pytest

from testbed.applies import reason_to_skip
from testbed.options import Options


def bench(*, can_spare=False, owned=True, shared=False, **options):
    return SimpleNamespace(
        can_spare=can_spare,
        shared=shared,
        broker=object(),
        options=Options(**options),
        handover=SimpleNamespace(owned=owned, proxied=()),
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


@pytest.mark.parametrize("tag", ["can-pause", "can-kill", "can-restart", "can-proxy"])
def test_what_the_broker_cannot_do_is_skipped_with_a_reason(tag):
    assert "this broker cannot be" in reason_to_skip([tag], bench())
