"""Every choice of a run, read once from behave's userdata, checked, and frozen."""

from dataclasses import dataclass, field
from pathlib import Path

from testbed.errors import UsageError
from testbed.limits import Limits, service_levels, with_overrides

BROKERS = ("auto", "kafka", "redpanda", "external")
DELIVERIES = ("exactly-once", "at-least-once")
FIDELITIES = ("exact", "json")
REFERENCE_SESSION_TIMEOUT_S = 6.0  # the lowest that a broker's defaults allow
KAFKA_SESSION_TIMEOUT_S = 45.0  # Kafka's own default
SEED = 20260101


@dataclass(frozen=True)
class Options:
    """What was asked for. ``consumer_command`` is empty for the reference consumer."""

    broker: str = "auto"
    bootstrap_servers: str = ""
    broker_client_config: str = ""
    java: str = ""  # the embedded broker's: empty for the packaged one, "system", or a path
    port: int = 0  # the embedded broker's: 0 for a free one
    consumer_command: str = ""
    delivery: str = "exactly-once"
    dead_letter: str = "exact"
    oracle: bool = True
    validates: bool = True
    metrics: bool = True
    session_timeout_s: float = REFERENCE_SESSION_TIMEOUT_S
    seed: int = SEED
    keep: bool = False
    reports: Path = Path("reports")
    limits: Limits = field(default_factory=Limits)
    service_levels: dict[str, float] = field(default_factory=dict)  # figure -> its most

    @property
    def is_reference(self) -> bool:
        """Whether the consumer under test is the project's own."""
        return not self.consumer_command


KNOWN = (
    "broker", "broker.bootstrap_servers", "broker.client_config", "broker.java", "broker.port",
    "consumer.command", "consumer.delivery", "consumer.dead_letter", "consumer.oracle",
    "consumer.validates", "consumer.metrics", "consumer.session_timeout_s",
    "seed", "keep", "reports",
)  # fmt: skip


def from_userdata(userdata: dict[str, str]) -> Options:
    """Read all options; raises ``UsageError`` for an unknown name or a value out of range."""
    data = {key: str(value).strip() for key, value in userdata.items()}
    _refuse_unknown(data)
    command = data.get("consumer.command", "")
    reference = not command
    options = Options(
        broker=_one_of(data, "broker", BROKERS, "auto"),
        bootstrap_servers=data.get("broker.bootstrap_servers", ""),
        broker_client_config=data.get("broker.client_config", ""),
        java=data.get("broker.java", ""),
        port=_port(data),
        consumer_command=command,
        delivery=_one_of(
            data, "consumer.delivery", DELIVERIES, "exactly-once" if reference else "at-least-once"
        ),
        dead_letter=_one_of(
            data, "consumer.dead_letter", FIDELITIES, "exact" if reference else "json"
        ),
        oracle=_switch(data, "consumer.oracle", default=True),
        validates=_switch(data, "consumer.validates", default=True),
        metrics=_switch(data, "consumer.metrics", default=reference),
        session_timeout_s=_number(
            data,
            "consumer.session_timeout_s",
            REFERENCE_SESSION_TIMEOUT_S if reference else KAFKA_SESSION_TIMEOUT_S,
        ),
        seed=int(_number(data, "seed", SEED)),
        keep=_switch(data, "keep", default=False),
        reports=Path(data.get("reports") or "reports"),
        limits=with_overrides(Limits(), data),
        service_levels=service_levels(data, reference=reference),
    )
    _check_external(options)
    return options


def _refuse_unknown(data: dict[str, str]) -> None:
    for key in data:
        ours = key.split(".")[0] in ("broker", "consumer")
        if ours and key not in KNOWN:
            raise UsageError(f"Unknown option {key}", f"known: {', '.join(KNOWN)}")


def _one_of(data, key: str, allowed: tuple[str, ...], default: str) -> str:
    value = data.get(key) or default
    if value not in allowed:
        raise UsageError(f"Expected {key} to be one of {', '.join(allowed)}, got {value!r}")
    return value


def _switch(data, key: str, *, default: bool) -> bool:
    words = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
    value = data.get(key, "").lower()
    if value and value not in words:
        raise UsageError(f"Expected {key} to be on or off (yes or no), got {value!r}")
    return words.get(value, default)


def _number(data, key: str, default: float) -> float:
    text = data.get(key) or default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 2**53:
        raise UsageError(f"Expected {key} to be a number of 0 or more, got {text!r}")
    return value


def _port(data) -> int:
    text = data.get("broker.port") or "0"
    if not (text.isdecimal() and int(text) < 65536):
        raise UsageError(f"Expected broker.port to be a port from 1 to 65535, got {text!r}")
    return int(text)


def _check_external(options: Options) -> None:
    if options.broker == "external" and not options.bootstrap_servers:
        raise UsageError(
            "Expected broker.bootstrap_servers for --broker external, got none",
            next_step="Add -D broker.bootstrap_servers=host:port",
        )
