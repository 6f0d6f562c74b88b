"""What the idle network proxy costs: throughput and round trip, direct and through it, in turns.

Prints JSON on standard output, and a line for people on standard error.
"""

import argparse
import json
import secrets
import socket
import statistics
import struct
import sys
import tempfile
import time
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from testbed.brokers import KafkaBroker
from testbed.guardian import Guardian
from testbed.network.proxy import Proxy
from testbed.options import Options

WITHIN_S = 60.0
VALUE = json.dumps({f"field{number:02d}": number * 1.5 for number in range(25)}).encode()
API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 7, -1)  # the smallest question that is answered


def fill(servers: str, topic: str, count: int) -> None:
    """Create a topic of one partition with so many records."""
    admin = AdminClient({"bootstrap.servers": servers})
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(WITHIN_S)
    producer = Producer({"bootstrap.servers": servers, "queue.buffering.max.messages": 2 * count})
    for _ in range(count):
        producer.produce(topic, VALUE)
    producer.flush(WITHIN_S)


def records_per_s(servers: str, topic: str, count: int, take) -> float:
    """How fast one consumer reads the topic, from its first record on; ``take`` has each value."""
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "bench",
            "enable.auto.commit": False,
            "fetch.queue.backoff.ms": 5,
        }
    )
    consumer.assign([TopicPartition(topic, 0, 0)])
    consumer.consume(1, WITHIN_S)
    begun, seen = time.monotonic(), 1
    while seen < count:
        messages = consumer.consume(1000, 0.1)
        seen += len(messages)
        for message in messages:
            take(message.value())
    took_s = time.monotonic() - begun
    consumer.close()
    return seen / took_s


def round_trips_ms(address: str, times: int) -> list[float]:
    """So many questions with their answers, one after the other on one connection."""
    host, port = address.split(":")
    took = []
    with socket.create_connection((host, int(port)), WITHIN_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(times):
            begun = time.perf_counter()
            connection.sendall(API_VERSIONS)
            (left,) = struct.unpack(">i", connection.recv(4))
            while left:
                left -= len(connection.recv(left))
            took.append(1000 * (time.perf_counter() - begun))
    return took


def measure(direct: str, proxied: str, options) -> dict:
    """All figures; each turn asks both ways, so that both meet the same machine."""
    topic = f"bench-{secrets.token_hex(4)}"
    fill(direct, topic, options.records)
    found = {what: {"direct": [], "proxied": []} for what in ("parsed", "raw", "trip")}
    for turn in range(options.repeat + 1):
        for way, servers in (("direct", direct), ("proxied", proxied)):
            one = {
                "parsed": records_per_s(servers, topic, options.records, json.loads),
                "raw": records_per_s(servers, topic, options.records, len),
                "trip": statistics.median(round_trips_ms(servers, options.trips)),
            }
            for what, value in one.items() if turn else ():  # the first turn warms up
                found[what][way].append(value)
    return {
        "parsed_records_per_s": summary(found["parsed"], max),
        "raw_records_per_s": summary(found["raw"], max),
        "round_trip_ms": summary(found["trip"], min),
    }


def summary(found: dict[str, list[float]], best) -> dict:
    """Both ways by their median and by their least disturbed turn, and how they compare."""
    figures = {"median": statistics.median, "best": best}
    told = {
        name: {way: round(pick(values), 3) for way, values in found.items()}
        for name, pick in figures.items()
    }
    for one in told.values():
        one["share"] = round(one["proxied"] / one["direct"], 3)
        one["added"] = round(one["proxied"] - one["direct"], 3)
    return told


def main() -> None:
    """An embedded broker, an idle proxy before it, and both measured in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=300_000, help="per reading")
    parser.add_argument("--trips", type=int, default=2000, help="round trips per turn")
    parser.add_argument("--repeat", type=int, default=5, help="turns (default 5)")
    options = parser.parse_args()
    guardian = Guardian.start(f"bench-{secrets.token_hex(4)}")
    with tempfile.TemporaryDirectory() as folder:
        broker = KafkaBroker(Options(broker="kafka"), Path(folder), guardian, lambda line: None)
        try:
            handover = broker.start()
            pairs = [(one.advertised, one.bound) for one in handover.proxied]
            with Proxy.start(pairs) as proxy:
                figures = measure(handover.bootstrap_servers, proxy.address, options)
        finally:
            broker.stop()
            guardian.close()
    print(json.dumps(figures, indent=1))
    for name in ("median", "best"):
        parsed, raw, trip = (figures[what][name] for what in figures)
        print(
            f"idle proxy ({name}): {parsed['share']:.2f} of direct for a consumer that parses, "
            f"{raw['share']:.2f} for one that only reads, {trip['added']:+.2f} ms a round trip",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
