"""How long the seven features of the guide take, beside the guide's own shape of them.

The older suite's tests wait for fixed times; here they do so on the same kind of broker, in the
same run, and the ratio is told. Both are timed from the start of a broker to its end, the suite
as a user starts it: from prompt to verdict, with its reports.
Prints JSON on standard output, and a line for people on standard error.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.broker import broker
from bench.guide_shape import GuideShape

ROOT = Path(__file__).resolve().parents[1]
SEVEN = (
    "broker_connectivity", "topic_management", "producer_publishing", "end_to_end_flow",
    "schema_validation", "dead_letter_queue", "consumer_resilience",
)  # fmt: skip
RUN_WITHIN_S = 300.0


def guide_s() -> tuple[float, dict[str, float]]:
    """Seconds that the guide's shape takes, in all and for each test."""
    begun = time.monotonic()
    with broker() as servers:
        tests = GuideShape(servers).run()
    return time.monotonic() - begun, tests


def suite_s(reports: Path, more: list[str]) -> float:
    """Seconds of one run of the seven features; raises ``SystemExit`` where it does not pass."""
    features = [f"features/{name}.feature" for name in SEVEN]
    words = [sys.executable, "-m", "testbed", "run", "--broker", "kafka",
             "-D", f"reports={reports}", *more, *features]  # fmt: skip
    begun = time.monotonic()
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False,
                          timeout=RUN_WITHIN_S)  # fmt: skip
    took = time.monotonic() - begun
    if done.returncode:
        raise SystemExit(f"the suite ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return took


def main() -> int:
    """Measure, and tell the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs of the suite (default 3)")
    options, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = [suite_s(Path(folder) / str(n), more) for n in range(options.repeat)]
    whole, tests = guide_s()
    figures = {
        "suite_s": [round(one, 2) for one in runs],
        "guide_s": round(whole, 2),
        "guide_tests_s": tests,
        "ratio": round(whole / median(runs), 2),
    }
    print(json.dumps(figures))
    print(
        f"seven features: {min(runs):.1f}-{max(runs):.1f} s (median {median(runs):.1f} s of "
        f"{len(runs)}); the guide's shape: {whole:.1f} s; {figures['ratio']:.1f} times as long",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
