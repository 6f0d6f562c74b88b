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
VALUE = b"x" * 500  # bytes; about the size of a customer event
API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 7, -1)  # the smallest question that is answered


def fill(servers: str, topic: str, count: int) -> None:
    """Create a topic of one partition with so many records."""
    admin = AdminClient({"bootstrap.servers": servers})
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(WITHIN_S)
    producer = Producer({"bootstrap.servers": servers, "queue.buffering.max.messages": 2 * count})
    for _ in range(count):
        producer.produce(topic, VALUE)
    producer.flush(WITHIN_S)


def records_per_s(servers: str, topic: str, count: int) -> float:
    """How fast one consumer reads the topic, from its first record on."""
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
        seen += len(consumer.consume(10_000, 0.1))
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
    """All figures; each round asks both ways, so that both meet the same machine."""
    topic = f"bench-{secrets.token_hex(4)}"
    fill(direct, topic, options.records)
    ways = {"direct": direct, "proxied": proxied}
    rates: dict[str, list[float]] = {way: [] for way in ways}
    trips: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(options.repeat + 1):
        for way, servers in ways.items():
            rate = records_per_s(servers, topic, options.records)
            trip = round_trips_ms(servers, options.trips)
            if turn:  # the first one warms up
                rates[way].append(rate)
                trips[way] += trip
    rate = {way: statistics.median(found) for way, found in rates.items()}
    trip = {way: statistics.median(found) for way, found in trips.items()}
    return {
        "records_per_s": {way: round(value) for way, value in rate.items()},
        "throughput_share": round(rate["proxied"] / rate["direct"], 3),
        "round_trip_ms": {way: round(value, 3) for way, value in trip.items()},
        "added_ms": round(trip["proxied"] - trip["direct"], 3),
        "all_records_per_s": {way: [round(one) for one in found] for way, found in rates.items()},
    }


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
    print(json.dumps(figures))
    print(
        f"idle proxy: throughput {figures['throughput_share']:.2f} of direct, "
        f"{figures['added_ms']:+.2f} ms a round trip",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
