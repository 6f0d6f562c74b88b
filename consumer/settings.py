"""What the command line and the environment say."""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from consumer.errors import UsageError

EXACTLY_ONCE, AT_LEAST_ONCE = "exactly-once", "at-least-once"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_EPILOG = """\
Flags that name topics, servers, the group and the model may come from the environment instead:
KAFKA_BOOTSTRAP_SERVERS INPUT_TOPIC OUTPUT_TOPIC DEADLETTER_TOPIC GROUP_ID MODEL_PATH.
Exit codes: 0 stopped as asked, 2 usage, 3 broker unreachable or metrics port taken,
4 model refused, 5 credentials refused, 6 fenced or failed for good.
"""


@dataclass(frozen=True)
class Settings:
    """One run of the consumer."""

    bootstrap_servers: str
    input_topic: str
    output_topic: str
    deadletter_topic: str
    group_id: str
    model_path: Path
    model_sha256: str | None = None
    validates: bool = True
    metrics_port: int = 8000
    delivery: str = EXACTLY_ONCE
    instance: str = "0"
    max_messages: int | None = None
    start_within_s: float = 20.0
    log_level: str = "INFO"
    client: dict[str, str] = field(default_factory=dict, repr=False)  # may hold secrets


def parse(arguments: list[str] | None = None) -> Settings:
    """Read the command line; ends the process with 2 for a usage error, as argparse does."""
    parser = _parser()
    args = vars(parser.parse_args(arguments))
    path = args.pop("client_config")
    try:
        return Settings(**args, client=read_properties(Path(path)) if path else {})
    except UsageError as error:
        parser.error(str(error))


def read_properties(path: Path) -> dict[str, str]:
    """Client properties by librdkafka's names, one ``key=value`` a line; ``#`` comments.

    Raises ``UsageError`` that names file and line, and never a value.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the client properties {path}: {error}") from error
    pairs = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, equals, value = line.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"expected key=value, got something else - at line {number} of {path}")
        pairs[key.strip()] = value.strip()
    return pairs


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m consumer",
        description="Score churn events from one topic onto another; dead-letter what is wrong.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _named(parser, "--bootstrap-servers", "KAFKA_BOOTSTRAP_SERVERS", "host:port,...")
    _named(parser, "--input-topic", "INPUT_TOPIC", "topic of customer events")
    _named(parser, "--output-topic", "OUTPUT_TOPIC", "topic of predictions")
    _named(parser, "--deadletter-topic", "DEADLETTER_TOPIC", "topic of refused records")
    _named(parser, "--group-id", "GROUP_ID", "consumer group")
    _named(parser, "--model-path", "MODEL_PATH", "model stored with skops", type=Path)
    _add_choices(parser.add_argument)
    return parser


def _add_choices(add: Callable[..., object]) -> None:
    add("--model-sha256", metavar="HEX", help="its digest (default: in <model>.sha256)")
    add(
        "--no-validate",
        dest="validates",
        action="store_false",
        help="score whatever can be scored, even out of the contract's ranges",
    )
    add(
        "--metrics-port",
        type=_port,
        default=8000,
        help="of http://.../metrics; 0: none (default %(default)s)",
    )
    add(
        "--delivery",
        choices=(EXACTLY_ONCE, AT_LEAST_ONCE),
        default=EXACTLY_ONCE,
        help="default %(default)s",
    )
    add(
        "--instance",
        default="0",
        metavar="NAME",
        help="distinct within the group and stable over restarts: it makes the transactional id",
    )
    add(
        "--client-config",
        metavar="FILE",
        help="client properties (SASL, TLS ...), key=value lines by librdkafka's names",
    )
    _add_limits(add)


def _add_limits(add: Callable[..., object]) -> None:
    add("--max-messages", type=_count, metavar="N", help="stop after N committed outcomes")
    add(
        "--start-timeout",
        dest="start_within_s",
        type=_seconds,
        default=20.0,
        metavar="SECONDS",
        help="how long to try for a first answer of the broker (default %(default)g)",
    )
    add("--log-level", type=str.upper, choices=LOG_LEVELS, default="INFO",
        help="default %(default)s")  # fmt: skip


def _named(parser: argparse.ArgumentParser, flag: str, variable: str, text: str, **more) -> None:
    given = os.environ.get(variable) or None
    parser.add_argument(flag, required=given is None, default=given, help=text, **more)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, got {text}")
    return port


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"expected a count of at least 1, got {text}")
    return count


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 3600:
        raise argparse.ArgumentTypeError(f"expected seconds above 0 and below 3600, got {text}")
    return seconds
