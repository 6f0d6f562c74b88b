"""How long the embedded broker takes until clients can work with it, cold and warm.

Prints JSON on standard output, and a line for people on standard error.
"""

import argparse
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

from testbed.brokers import KafkaBroker
from testbed.caches import VARIABLE
from testbed.guardian import Guardian
from testbed.options import Options


def start_once(say, *, train: bool) -> dict[str, float]:
    """Seconds to ready, to the end of training (if wanted), and to be gone again."""
    with tempfile.TemporaryDirectory() as folder:
        guardian = Guardian.start(f"bench-{secrets.token_hex(4)}")
        broker = KafkaBroker(Options(broker="kafka"), Path(folder), guardian, say)
        try:
            began = time.monotonic()
            broker.start()
            ready_s = time.monotonic() - began
            trained_s = broker.await_training() if train else 0.0
        finally:
            began = time.monotonic()
            broker.stop()
            stop_s = time.monotonic() - began
            guardian.close()
    return {"ready_s": ready_s, "trained_s": trained_s, "stop_s": stop_s}


def main() -> None:
    """Warm starts with the machine's cache, or all of it in an empty one with ``--cold``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="warm starts (default 5)")
    parser.add_argument("--cold", action="store_true", help="begin with an empty cache")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        if options.cold:
            os.environ[VARIABLE] = cache
        figures = measure(options.repeat)
    print(json.dumps(figures))
    warm = figures["warm_ready_s"]
    print(
        f"ready: first {figures['first']['ready_s']:.2f} s, then {min(warm):.2f}"
        f"-{max(warm):.2f} s (median {statistics.median(warm):.2f} s of {len(warm)})",
        file=sys.stderr,
    )


def measure(repeat: int) -> dict:
    """One first start, which trains what is not trained yet, and ``repeat`` warm ones."""
    first = start_once(lambda line: print(line, file=sys.stderr), train=True)
    warm = [start_once(lambda line: None, train=False) for _ in range(repeat)]
    return {
        "first": {name: round(value, 3) for name, value in first.items()},
        "warm_ready_s": [round(one["ready_s"], 3) for one in warm],
        "warm_stop_s": [round(one["stop_s"], 3) for one in warm],
    }


if __name__ == "__main__":
    main()
