"""How much memory and time the reference takes for what was made to take much of both.

Each load is worked off by a process of its own over one embedded broker, and every record is
counted. Prints JSON on standard output, and a table for people on standard error.
Exit codes: 0 all within the bounds, 1 some are not.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from bench.broker import broker
from bench.candidate import Candidate, Place
from bench.counting import account, read
from bench.load import PARTITIONS, PREFIX, Sent, create, events, fill
from bench.running import Running
from testbed import models
from testbed.telco import catalogue

ORDINARY = "ordinary"
COMPRESSED_LOAD = "a compressed megabyte each"
MOST_MEMORY = 1.5  # times what ordinary traffic takes
MOST_S = 60.0  # from a process's start to its last commit
DELIVERIES = ("ours_at_least_once", "ours_exactly_once")
BATCH_BYTES = 50_000_000  # of a batch that is small only while it is compressed
# A client unpacks a batch as a whole, and fetches from all partitions at once.
UNPACKED_MIB = PARTITIONS * BATCH_BYTES / 2**20


def kinds(*slugs: str) -> Callable[[int], Iterator[Sent]]:
    """So many records of these kinds of the catalogue, by turns."""
    values = [catalogue.by_slug(slug).make(0, 1).value for slug in slugs]
    return partial(_values, values)


def _values(values: list[bytes], count: int) -> Iterator[Sent]:
    for number, value in enumerate(islice(cycle(values), count)):
        yield Sent(f"{PREFIX}{number:08}".encode(), value, None)


LOADS: dict[str, tuple[int, Callable[[int], Iterator[Sent]]]] = {
    # As many bytes as the largest of the others.
    ORDINARY: (280_000, partial(events, invalid=0.02)),
    "bad in a row": (10_000, partial(events, invalid=1.0)),
    "nested 100,000 deep": (
        500, kinds("nesting-list", "nesting-object", "nesting-open", "nesting-open-field"),
    ),
    "thousands of digits": (5_000, kinds("digits", "tenure-digits", "TotalCharges-text-digits")),
    "a million digits": (150, partial(_values, [b"9" * 1_000_000])),
    "50,000 names": (100, kinds("many-names")),
    "a megabyte each": (
        150, kinds("large-text-only", "large-binary", "large-quotes", "customerID-million"),
    ),
    COMPRESSED_LOAD: (150, kinds("large-zeros", "large-text-only")),
}  # fmt: skip
COMPRESSED = {
    "compression.type": "gzip", "batch.size": BATCH_BYTES, "message.max.bytes": BATCH_BYTES,
    "linger.ms": 1_000,
}  # fmt: skip


class Bench:
    """One broker; the loads stay on it for both deliveries."""

    def __init__(self, servers: str, logs: Path):
        self._servers, self._logs = servers, logs
        self._files, self._loads = models.standard(models.ensure()), {}

    def measure(self, candidate: str, load: str) -> dict:
        """One process over one load."""
        source, invalid, mib = self._load(load)
        token = secrets.token_hex(4)
        names = [f"bench.{what}.{token}" for what in ("predictions", "deadletter")]
        create(self._servers, *names)
        place = Place(self._servers, source, *names, f"bench-{token}", self._files)
        with Running(Candidate(candidate), place, self._logs) as ran:
            ran.await_committed()
            seconds = time.time() - ran.started_ms / 1e3
            ran.stop()
        found = account(*(read(self._servers, name, len(invalid)) for name in names), invalid, {})
        told = {
            "load": load,
            "consumer": candidate,
            "records": len(invalid),
            "mib": round(mib, 1),
            "seconds": round(seconds, 2),
            "cpu_s": round(ran.cpu_s, 2),
            "peak_mib": round(ran.peak_mib),
            "right": found.right,
        }
        print(json.dumps(told), file=sys.stderr, flush=True)  # the whole takes minutes
        return told

    def _load(self, name: str) -> tuple[str, np.ndarray, float]:
        """Its topic, which of its records are invalid, and its size; filled on the first use."""
        if name not in self._loads:
            count, make = LOADS[name]
            topic, more = f"bench.hostile.{len(self._loads)}", {}
            create(self._servers, topic)
            if name == COMPRESSED_LOAD:
                more = COMPRESSED
            wrong = fill(self._servers, topic, make(count), **more)
            invalid = np.zeros(count, dtype=bool)
            invalid[list(wrong)] = True
            size = sum(len(one.value) for one in make(count))
            self._loads[name] = topic, invalid, size / 2**20
        return self._loads[name]


def compared(runs: list[dict]) -> list[dict]:
    """Each run with its memory as a multiple of ordinary traffic's, and whether it is bounded."""
    usual = {one["consumer"]: one["peak_mib"] for one in runs if one["load"] == ORDINARY}
    for one in runs:
        ordinary = usual[one["consumer"]]
        one["times_ordinary"] = round(one["peak_mib"] / ordinary, 2)
        most_mib = MOST_MEMORY * ordinary
        if one["load"] == COMPRESSED_LOAD:
            most_mib = ordinary + UNPACKED_MIB
        bounded = one["peak_mib"] <= most_mib and one["seconds"] <= MOST_S
        one["bounded"] = bounded and one["right"]
    return runs


def table(runs: list[dict]) -> str:
    """A line for each run."""
    columns = ("load", "consumer", "records", "mib", "seconds", "cpu_s", "peak_mib",
               "times_ordinary", "bounded")  # fmt: skip
    rows = [" | ".join(str(one[name]) for name in columns) for one in runs]
    return "\n".join(f"| {row} |" for row in (" | ".join(columns), "---|" * 8 + "---", *rows))


def main() -> int:
    """Measure each delivery over each load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("loads", nargs="*", help=f"other than {ORDINARY} (default: all)")
    parser.add_argument("--logs", type=Path, default=Path("reports/bench"), help="of consumers")
    options = parser.parse_args()
    if unknown := set(options.loads) - LOADS.keys():
        parser.error(f"expected loads among {', '.join(LOADS)}, got {', '.join(unknown)}")
    loads, logs = list(dict.fromkeys((ORDINARY, *(options.loads or LOADS)))), options.logs
    logs.mkdir(parents=True, exist_ok=True)
    with broker() as servers:
        bench = Bench(servers, logs)
        runs = compared([bench.measure(one, load) for load in loads for one in DELIVERIES])
    print(json.dumps(runs))
    print(table(runs), file=sys.stderr)
    return int(not all(one["bounded"] for one in runs))


if __name__ == "__main__":
    sys.exit(main())
