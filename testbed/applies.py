"""Which scenarios apply to this consumer and this broker; the others are skipped with a reason."""

from collections.abc import Callable

from testbed.bench import Bench
from testbed.brokers.protocol import CanKill, CanPause, CanRestart


def _unless(condition: Callable[[Bench], object], reason: str) -> Callable[[Bench], str]:
    return lambda bench: "" if condition(bench) else reason


BREAKS_BROKER, GUARDED, CLUSTER = "breaks-broker", "guarded", "cluster"

REQUIREMENTS: dict[str, Callable[[Bench], str]] = {
    "reference": _unless(
        lambda bench: bench.options.is_reference,
        "only the reference consumer promises this command line",
    ),
    "oracle": _unless(
        lambda bench: bench.options.oracle,
        "consumer.oracle=off: the consumer has a model of its own",
    ),
    "exactly-once": _unless(
        lambda bench: bench.options.delivery == "exactly-once",
        "the consumer declares at-least-once delivery",
    ),
    "at-least-once": _unless(
        lambda bench: bench.options.delivery == "at-least-once",
        "the consumer declares exactly-once delivery",
    ),
    "exact-letters": _unless(
        lambda bench: bench.options.dead_letter == "exact",
        "the consumer's dead letters keep the original as JSON or text (consumer.dead_letter)",
    ),
    "metrics": _unless(
        lambda bench: bench.options.metrics, "the consumer declares no metrics (consumer.metrics)"
    ),
    "can-pause": _unless(
        lambda bench: isinstance(bench.broker, CanPause), "this broker cannot be frozen"
    ),
    "can-kill": _unless(
        lambda bench: isinstance(bench.broker, CanKill), "this broker cannot be killed"
    ),
    "can-restart": _unless(
        lambda bench: isinstance(bench.broker, CanRestart), "this broker cannot be restarted"
    ),
    BREAKS_BROKER: _unless(
        lambda bench: bench.can_spare or (bench.handover.owned and not bench.shared),
        "the broker is not this scenario's to break: it is shared with others",
    ),
    GUARDED: _unless(
        lambda bench: bench.can_spare, "needs an embedded Apache Kafka that asks who is there"
    ),
    CLUSTER: _unless(
        lambda bench: bench.can_spare, "needs an embedded Apache Kafka of several nodes"
    ),
    "client-config": _unless(
        lambda bench: (
            bench.options.is_reference or "{client_config}" in bench.options.consumer_command
        ),
        "the consumer's command takes no {client_config}, by which it would be let in",
    ),
    "new-groups": _unless(
        lambda bench: bench.handover.kind != "redpanda" or bench.handover.stand_in,
        "Redpanda does not have the group protocol of KIP-848",
    ),
    "can-proxy": _unless(
        lambda bench: bench.handover.proxied, "this broker cannot be reached by way of a proxy"
    ),
}  # tag -> why a scenario with it does not apply, or empty


def reason_to_skip(tags, bench: Bench) -> str:
    """The first reason not to run a scenario with these tags, or empty."""
    reasons = (REQUIREMENTS[tag](bench) for tag in tags if tag in REQUIREMENTS)
    return next((reason for reason in reasons if reason), "")


def skip_what_does_not_apply(feature, bench: Bench) -> None:
    """Skip before any hook of a scenario runs: later would be too late for its fixtures."""
    for scenario in feature.walk_scenarios():
        reason = reason_to_skip(scenario.effective_tags, bench)
        if reason:
            scenario.skip(reason)
