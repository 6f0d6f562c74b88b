"""Options and limits: every choice is checked once, at the start."""

import pytest

from testbed.errors import UsageError
from testbed.options import from_userdata


def test_the_reference_promises_the_most():
    """Without a command the reference is judged, by its own strict declaration."""
    options = from_userdata({})
    assert (options.delivery, options.dead_letter, options.metrics) == (
        "exactly-once", "exact", True,
    )  # fmt: skip
    assert options.session_timeout_s == 6


def test_any_other_consumer_promises_less_unless_it_says_more():
    """The defaults for a consumer of one's own."""
    options = from_userdata({"consumer.command": "run"})
    assert (options.delivery, options.dead_letter, options.metrics) == (
        "at-least-once", "json", False,
    )  # fmt: skip
    assert options.session_timeout_s == 45


def test_service_levels_are_judged_where_they_are_limited():
    """The reference has limits of its own, which can be set; another consumer has what is given."""
    own = from_userdata({"service_level.backlog_s": "7"}).service_levels
    assert own == {
        "latency_p50_ms": 5_000, "latency_p99_ms": 20_000, "backlog_s": 7, "recovery_s": 60,
    }  # fmt: skip
    assert from_userdata({"consumer.command": "run"}).service_levels == {}
    given = {"consumer.command": "run", "service_level.latency_p95_ms": "250"}
    assert from_userdata(given).service_levels == {"latency_p95_ms": 250}


def test_a_limit_is_set_by_its_name():
    """In seconds, as userdata."""
    assert from_userdata({"timeout.stalled_s": "3"}).limits.stalled_s == 3


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("broker", "rabbit", "Expected broker to be one of"),
        ("consumer.delivery", "at-most-once", "Expected consumer.delivery"),
        ("consumer.oracle", "maybe", "Expected consumer.oracle to be on or off"),
        ("consumer.comand", "x", "Unknown option consumer.comand"),
        ("seed", "-1", "Expected seed"),
        ("seed", "abc", "Expected seed"),
        ("consumer.session_timeout_s", "nan", "Expected consumer.session_timeout_s"),
        ("timeout.stalled_s", "0", "Expected timeout.stalled_s"),
        ("timeout.stalled_s", "inf", "Expected timeout.stalled_s"),
        ("timeout.unheard_s", "1", "Unknown limit timeout.unheard_s"),
        ("service_level.backlog_s", "0", "Expected service_level.backlog_s to be seconds above 0"),
        ("service_level.latency_p99_ms", "x", "to be milliseconds above 0, got 'x'"),
        ("service_level.p99", "5", "Unknown service level service_level.p99"),
        ("broker", "external", "Expected broker.bootstrap_servers"),
    ],
)
def test_a_wrong_choice_is_a_usage_error(name, value, said):
    """Expected, got, and where."""
    with pytest.raises(UsageError, match=said):
        from_userdata({name: value})
