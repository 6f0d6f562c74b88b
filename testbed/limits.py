"""Every limit of the suite, by name, with its unit and its reason.

Each can be set as behave userdata ``timeout.<name>_s``.
"""

from dataclasses import dataclass, fields, replace

from testbed.errors import UsageError


@dataclass(frozen=True)
class Limits:
    """Seconds. A wait ends as soon as its condition holds: only failures take this long."""

    # A container on a loaded CI machine: image start plus Redpanda's own ~10 s, with room.
    broker_ready_s: float = 60.0
    # A registry that hangs must not hold up the choice of a broker for minutes.
    image_pull_s: float = 120.0
    # One Admin API answer; a healthy broker needs milliseconds.
    admin_s: float = 15.0
    # A JVM consumer under load needs a few seconds, an import of scikit-learn ~1.3 s.
    consumer_ready_s: float = 60.0
    # SIGTERM to exit: Kubernetes' default grace period, within which any service must stop.
    consumer_stop_s: float = 30.0
    # Without a new outcome or commit for this long, a consumer is stuck and not slow.
    stalled_s: float = 15.0
    # The same once everything is answered and only the commit is missing: some commit by a clock
    # (Kafka Streams every 30 s), which is no reason to call them stuck.
    late_commit_s: float = 45.0
    # From a start to the first answer: a group is joined long before a model is loaded, and an
    # import that takes a second takes many times as long on a machine with more to do.
    first_answer_s: float = 60.0
    # A client waits this long for an answer that was lost: librdkafka's default, the longest.
    lost_answer_s: float = 60.0
    # An open transaction of a member that is gone hides what stands behind it until the broker
    # aborts it: the clients' default, the longest.
    open_transaction_s: float = 60.0
    # A fault lasts until it has met something: a client that lost its broker stays away for half a
    # minute at most before it tries again (kafka-python's default, the longest).
    fault_bites_s: float = 60.0
    # Hard cap of one wait for outcomes, for a consumer that never ends and never stalls.
    outcomes_s: float = 300.0
    # Acknowledgement of a published batch; librdkafka's own default is five minutes.
    publish_s: float = 30.0
    # One scenario, all its waits together.
    scenario_s: float = 600.0
    # The HTML report: Node starts and reads a few hundred small files.
    report_s: float = 60.0
    # What the run started is gone within this after its end (DESIGN 3.4).
    teardown_s: float = 10.0
    # A quiet broker answers twice the same: how long a frozen consumer's requests may settle.
    settle_s: float = 2.0
    # How long a consumer stays frozen for a picture of the broker: far below any session timeout.
    freeze_s: float = 1.0


# What a service level may be at most, by its figure (see testbed/checker/levels.py); with the
# reference's own limits, many times what it needs, so that a busy machine is no breach.
SERVICE_LEVELS: dict[str, float | None] = {
    "latency_p50_ms": 5_000.0,
    "latency_p95_ms": None,
    "latency_p99_ms": 20_000.0,
    "latency_max_ms": None,
    "backlog_s": 60.0,  # from the service's start until all that waited counts as done
    "recovery_s": 60.0,  # from the end of a killed member's session until events are answered
    "caught_up_s": None,  # from there until all that was published before the kill counts as done
}


def service_levels(userdata: dict[str, str], *, reference: bool) -> dict[str, float]:
    """Every ``service_level.<figure>`` of ``userdata``, over the reference's own limits.

    Raises ``UsageError`` for an unknown figure, or a limit that is no number above 0.
    """
    own = {name: limit for name, limit in SERVICE_LEVELS.items() if limit} if reference else {}
    prefix = "service_level."
    given = {k.removeprefix(prefix): v for k, v in userdata.items() if k.startswith(prefix)}
    for name in given:
        if name not in SERVICE_LEVELS:
            known = ", ".join(sorted(SERVICE_LEVELS))
            raise UsageError(f"Unknown service level {prefix}{name}", f"known: {known}")
    return own | {name: _above_zero(f"{prefix}{name}", text) for name, text in given.items()}


def with_overrides(limits: Limits, userdata: dict[str, str]) -> Limits:
    """Apply every ``timeout.<name>_s`` of ``userdata``; raises ``UsageError`` for a bad one."""
    given = {k.removeprefix("timeout."): v for k, v in userdata.items() if k.startswith("timeout.")}
    known = {field.name for field in fields(Limits)}
    for name in given:
        if name not in known:
            raise UsageError(f"Unknown limit timeout.{name}", f"known: {', '.join(sorted(known))}")
    seconds = {name: _above_zero(f"timeout.{name}", text) for name, text in given.items()}
    return replace(limits, **seconds)


def _above_zero(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        unit = "milliseconds" if name.endswith("_ms") else "seconds"
        raise UsageError(f"Expected {name} to be {unit} above 0, got {text!r}")
    return value
