"""``python -m testbed replay``: dead letters back on the input topic, bit by bit.

Exit codes: 0 every chosen letter was put back, 1 some cannot be, 2 usage, 3 no broker,
4 the broker failed on the way.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from confluent_kafka import KafkaException

from testbed import clients, topics
from testbed.brokers.external import ExternalBroker
from testbed.brokers.protocol import Handover
from testbed.errors import BenchError, UsageError
from testbed.history import DEAD_LETTERS, INPUT
from testbed.limits import Limits
from testbed.options import FIDELITIES, Options
from testbed.replay import letters
from testbed.replay.choice import Choice
from testbed.replay.giving import Replay, Target
from testbed.reporting.text import printable

TELL_EVERY_S = 2.0


def main(words: list[str]) -> int:
    """Put back what is chosen; raises ``BenchError`` where that cannot be begun or finished."""
    asked, began = _parser().parse_args(words), time.monotonic()
    if not asked.bootstrap_servers:
        raise UsageError(
            "Expected --bootstrap-servers, got none", next_step="Name the cluster as host:port"
        )
    options = Options(
        broker="external",
        bootstrap_servers=asked.bootstrap_servers,
        broker_client_config=asked.client_config,
    )
    handover = ExternalBroker(options, Path(), None, _tell).start()
    replay = Replay(_target(asked, handover), _choice(asked), _tell, _complain)
    _run(replay, handover, asked.deadletter_topic)
    _sum_up(replay, asked, time.monotonic() - began)
    return int(replay.refused > 0)


def _target(asked: argparse.Namespace, handover: Handover) -> Target:
    limits = Limits()
    wanted = (asked.input_topic, asked.deadletter_topic)
    there = topics.Topics(clients.admin(handover), limits.admin_s).partitions(*wanted)
    for name in wanted:
        if name not in there:
            raise UsageError(
                f"Expected the topic {printable(name)} at {handover.bootstrap_servers}",
                "there is none, or these credentials may not see it",
                "Check --input-topic and --deadletter-topic",
            )
    producer = None if asked.dry_run else clients.producer(handover, partitioner="murmur2_random")
    return Target(wanted[0], there[wanted[0]], asked.dead_letter, producer, limits.publish_s)


def _run(replay: Replay, handover: Handover, topic: str) -> None:
    limits, told = Limits(), time.monotonic()
    reader = clients.reader(handover)
    try:
        count = len(reader.list_topics(topic, limits.admin_s).topics[topic].partitions)
        spans = replay.choice.spans(letters.ends(reader, topic, count, limits.admin_s))
        for batch in letters.batches(reader, topic, spans, limits.admin_s):
            replay.take(batch)
            if replay.done:
                break
            if time.monotonic() - told > TELL_EVERY_S:
                told = time.monotonic()
                _tell(f"{replay.looked_at} letters looked at, {replay.given.total()} put back")
    except KafkaException as error:
        raise BenchError("The broker failed on the way", error.args[0].str()) from error
    finally:
        reader.close()


def _sum_up(replay: Replay, asked: argparse.Namespace, took_s: float) -> None:
    chosen = replay.given.total() + replay.refused
    verb = "would be put back" if asked.dry_run else "put back"
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(replay.given.items()) if count)
    _tell(
        f"{replay.given.total()} of {chosen} chosen letters {verb} on {asked.input_topic} "
        f"({kinds or 'none'}); {replay.refused} cannot be; "
        f"{replay.looked_at} looked at in {took_s:.1f} s"
    )
    for partition, offset in sorted(replay.next_offset.items()):
        _tell(f"To go on behind it: --partition {partition} --from-offset {offset}")


def _choice(asked: argparse.Namespace) -> Choice:
    kinds = frozenset(asked.error_type)
    return Choice(kinds, asked.from_offset, asked.to_offset, asked.partition, asked.limit)


def _tell(line: str) -> None:
    sys.stdout.write(f"[INFO] {printable(line, limit=1000)}\n")
    sys.stdout.flush()


def _complain(line: str) -> None:
    sys.stderr.write(f"[ERROR] {printable(line, limit=1000)}\n")


def _parser() -> argparse.ArgumentParser:
    names = topics.names()
    parser = argparse.ArgumentParser(
        prog="python -m testbed replay",
        description="Put dead letters back on the input topic, with the original bytes, key and "
        "headers, on the partition that they came from. Letters that arrive meanwhile stay.",
        epilog="Exit codes: 0 every chosen letter was put back, 1 some cannot be, 2 usage, "
        "3 no broker, 4 the broker failed on the way.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "")
    add("--bootstrap-servers", default=servers, metavar="HOST:PORT",
        help="the cluster (or KAFKA_BOOTSTRAP_SERVERS in the environment)")  # fmt: skip
    add("--client-config", default="", metavar="FILE", help="client properties: SASL, TLS ...")
    add("--input-topic", default=names[INPUT], metavar="TOPIC", help="%(default)s")
    add("--deadletter-topic", default=names[DEAD_LETTERS], metavar="TOPIC", help="%(default)s")
    add("--dead-letter", choices=FIDELITIES, default=FIDELITIES[0],
        help="exact: only what comes back byte for byte (the default); "
        "json: also an original that stands in the letter as text or JSON")  # fmt: skip
    _add_choice(add)
    add("--dry-run", action="store_true", help="tell what would be put back, and change nothing")
    return parser


def _add_choice(add: Callable[..., object]) -> None:
    add("--error-type", action="append", default=[], metavar="TYPE",
        help="only letters with this reason; may stand several times")  # fmt: skip
    add("--limit", type=_count(1), metavar="N", help="no more than so many letters")
    add("--partition", type=_count(0), metavar="P", help="only this one of the dead letter topic")
    add("--from-offset", type=_count(0), default=0, metavar="N",
        help="from this offset of the dead letter topic on")  # fmt: skip
    add("--to-offset", type=_count(0), metavar="N", help="up to this one, which is taken too")


def _count(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a number from {least}, got {text!r}")
        return int(text)

    return number
