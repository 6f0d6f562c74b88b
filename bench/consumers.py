"""Compares consumers on one embedded broker: how fast, how soon, with how many instances.

The candidates take turns, so that each meets the same machine. Every run's outcomes are counted:
one that lost, doubled, misplaced or wrongly scored a record is an error, however fast it was.
Prints JSON on standard output, and a table for people on standard error.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from bench import paced, preloaded
from bench.broker import broker
from bench.candidate import Candidate, candidates
from bench.telling import table, wrong

KINDS = ("preloaded", "paced", "instances", "invalid")
SHARES = (0.02, 0.5, 1.0)  # of invalid records
CASES = {
    "instances": [{"instances": count} for count in (1, 2, 3)],
    "invalid": [{"invalid": share} for share in SHARES],
}


def measure(
    stage: preloaded.Stage, one: Candidate, options: argparse.Namespace, case: dict
) -> dict:
    """One run of one candidate."""
    invalid = case.get("invalid", SHARES[0])
    if options.kind == "paced":
        found = paced.measure(stage, one, options.seconds, invalid)
    else:
        records = max(100, int(options.records * one.share))
        found = preloaded.measure(stage, one, records, invalid, case.get("instances", 1))
    return {"candidate": one.name, "kind": options.kind, **case, **found}


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("candidates", nargs="*", help="names in candidates.toml (default: all)")
    parser.add_argument("--kind", choices=KINDS, default="preloaded", help="default %(default)s")
    parser.add_argument("--records", type=int, default=600_000, help="default %(default)s")
    parser.add_argument("--seconds", type=float, default=10.0, help="paced (default %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="turns (default %(default)s)")
    parser.add_argument("--logs", type=Path, default=Path("reports/bench"), help="of candidates")
    return parser.parse_args()


def main() -> int:
    """Measure in turns; 1 if any run was wrong."""
    options = parsed()
    chosen = candidates(options.candidates)
    for one in chosen:
        one.python()  # installed before anything is measured
    options.logs.mkdir(parents=True, exist_ok=True)
    with broker() as servers:
        stage = preloaded.Stage(servers, options.logs)
        runs = [
            measure(stage, one, options, case)
            for _ in range(options.repeat)
            for one in chosen
            for case in CASES.get(options.kind, [{}])
        ]
    print(json.dumps({"machine": _machine(), "runs": runs}))
    print(table(runs), file=sys.stderr)
    return int(any(map(wrong, runs)))


def _machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_1_min": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


if __name__ == "__main__":
    sys.exit(main())
