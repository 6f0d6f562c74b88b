"""Where the reference consumer's time goes: µs a record in each stage of its loop.

It works off a preloaded topic in both deliveries, and its own metrics tell. ``fetch`` includes
the wait for records, ``deliver`` that for acknowledgements; what neither the loop nor a stage
accounts for is the work of the client's own threads, and the start.
Prints JSON on standard output, and a table for people on standard error.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from prometheus_client.parser import text_string_to_metric_families

from bench.broker import broker
from bench.candidate import Candidate, candidates
from bench.preloaded import Stage
from bench.running import Running
from testbed.brokers import ports

STAGES = ("fetch", "decode", "score", "encode", "deliver")
ANSWER_S = 5.0
_open = build_opener(ProxyHandler({})).open  # a proxy is never asked for this machine


def measure(stage: Stage, one: Candidate, records: int, invalid: float) -> dict:
    """µs a record of each stage, and of the whole process in CPU time."""
    port = os.environ["METRICS_PORT"] = str(ports.free(1)[0])
    place = stage.place(stage.load(records, invalid).topic)
    with Running(one, place, stage.logs) as running:
        running.await_committed()
        with _open(f"http://127.0.0.1:{port}/metrics", timeout=ANSWER_S) as page:
            told = text_string_to_metric_families(page.read().decode())
        running.stop()
    spent = {
        sample.labels["stage"]: sample.value
        for family in told
        for sample in family.samples
        if sample.name == "churn_consumer_stage_seconds_sum"
    }
    figures = {name: round(1e6 * spent[name] / records, 2) for name in STAGES}
    return {"candidate": one.name, "invalid": invalid, **figures,
            "process_cpu": round(1e6 * running.cpu_s / records, 2)}  # fmt: skip


def main() -> int:
    """Both deliveries, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=300_000, help="default %(default)s")
    parser.add_argument("--invalid", type=float, default=0.02, help="share (default %(default)s)")
    options = parser.parse_args()
    ours = candidates(["ours_at_least_once", "ours_exactly_once"])
    with tempfile.TemporaryDirectory() as logs, broker() as servers:
        stage = Stage(servers, Path(logs))
        runs = [measure(stage, one, options.records, options.invalid) for one in ours]
    print(json.dumps(runs))
    for run in runs:
        print("  ".join(f"{name} {value}" for name, value in run.items()), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
