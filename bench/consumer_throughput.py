"""How fast each candidate works off a preloaded topic, and whether it did so rightly.

The candidates take turns on one embedded broker. Every run's outcomes are counted: one that
lost, doubled, misplaced or wrongly scored a record is an error, however fast it was.
Prints JSON on standard output, and a table for people on standard error.
"""

import argparse
import json
import secrets
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from bench.candidate import Candidate, Place, candidates, run
from bench.counting import SAMPLE, account, expected_scores, read
from bench.load import create, events, fill
from testbed import models
from testbed.brokers import KafkaBroker
from testbed.guardian import Guardian
from testbed.options import Options

FIGURES = ("records_per_s", "cpu_us", "peak_mib", "start_s")


class Bench:
    """One broker with its preloaded topics."""

    def __init__(self, servers: str, invalid: float, logs: Path):
        self._servers, self._invalid, self._logs = servers, invalid, logs
        self._loads: dict[int, tuple[str, np.ndarray, dict[int, float]]] = {}
        self._files = models.standard(models.ensure())

    def measure(self, candidate: Candidate, records: int) -> dict:
        """One run of one candidate over ``records`` events."""
        source, invalid, expected = self._load(records)
        token = secrets.token_hex(4)
        names = [f"bench.{what}.{token}" for what in ("predictions", "deadletter")]
        create(self._servers, *names)
        place = Place(self._servers, source, *names, f"bench-{token}", self._files)
        ran = run(candidate, place, self._logs / f"{candidate.name}.log")
        predictions, letters = (read(self._servers, name, records) for name in names)
        found = account(predictions, letters, invalid, None if candidate.copies else expected)
        first_ms = min(one.first_ms for one in (predictions, letters) if one.first_ms)
        return {
            "records_per_s": round(1e3 * records / (ran.done_ms - first_ms)),
            "cpu_us": round(1e6 * ran.cpu_s / records, 2),
            "peak_mib": round(ran.peak_mib),
            "start_s": round((first_ms - ran.started_ms) / 1e3, 2),
            "exit_code": ran.exit_code,
            **found._asdict(),
        }

    def _load(self, records: int) -> tuple[str, np.ndarray, dict[int, float]]:
        """The topic of so many events, filled when it is first asked for."""
        if records not in self._loads:
            topic = f"bench.customers.{records}"
            create(self._servers, topic)
            wrong = fill(self._servers, topic, events(records, self._invalid))
            invalid = np.zeros(records, dtype=bool)
            invalid[list(wrong)] = True
            sampled = {
                number: one.event
                for number, one in enumerate(events(records, self._invalid))
                if number % SAMPLE == 0 and one.event
            }
            self._loads[records] = topic, invalid, expected_scores(self._files.json, sampled)
        return self._loads[records]


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("candidates", nargs="*", help="names in candidates.toml (default: all)")
    parser.add_argument("--records", type=int, default=600_000, help="default %(default)s")
    parser.add_argument("--invalid", type=float, default=0.02, help="share (default %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="turns (default %(default)s)")
    parser.add_argument("--logs", type=Path, default=Path("reports/bench"), help="of candidates")
    return parser.parse_args()


def main() -> int:
    """Measure in turns; 1 if any run was wrong."""
    options = parsed()
    chosen = candidates(options.candidates)
    options.logs.mkdir(parents=True, exist_ok=True)
    guardian = Guardian.start(f"bench-{secrets.token_hex(4)}")
    with tempfile.TemporaryDirectory() as folder:
        broker = KafkaBroker(Options(broker="kafka"), Path(folder), guardian, lambda line: None)
        try:
            bench = Bench(broker.start().bootstrap_servers, options.invalid, options.logs)
            runs = [
                (one.name, bench.measure(one, max(100, int(options.records * one.share))))
                for _ in range(options.repeat)
                for one in chosen
            ]
        finally:
            broker.stop()
            guardian.close()
    print(json.dumps({"options": {k: str(v) for k, v in vars(options).items()}, "runs": runs}))
    print(table(runs), file=sys.stderr)
    return int(any(wrong(figures) for _, figures in runs))


def wrong(figures: dict) -> bool:
    """Whether a run may not count."""
    return any(figures[what] for what in ("lost", "duplicated", "misplaced", "wrong_scores"))


def table(runs: list[tuple[str, dict]]) -> str:
    """A line for each candidate: median and range of its turns, and what was wrong."""
    lines = ["| candidate | records/s | min-max | CPU us/record | peak MiB | first outcome s | |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for name in dict.fromkeys(name for name, _ in runs):
        own = [figures for one, figures in runs if one == name]
        rates = [one["records_per_s"] for one in own]
        rate, cpu, peak, start = (median(one[what] for one in own) for what in FIGURES)
        bad = "; ".join(f"WRONG: {one}" for one in own if wrong(one))
        lines.append(
            f"| {name} | {rate:,.0f} | {min(rates):,}-{max(rates):,} | {cpu:.2f} | {peak:.0f} "
            f"| {start:.2f} | {bad} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
