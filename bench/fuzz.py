"""Puts nearly right events before the reference consumer in its own process, and compares.

What is right says the suite's own reading of the contract (``testbed.telco``); what the
consumer does is seen from its outgoing messages alone. No broker: that is what makes a
million cases affordable. Exit codes: 0 all agree, 1 some do not.
"""

import argparse
import base64
import json
import resource
import sys
import time
from collections import Counter
from typing import NamedTuple

import msgspec

from consumer.dead_lettering import DeadLetters
from consumer.messages import Outgoing
from consumer.metrics import Metrics
from consumer.model_file import checked, load
from consumer.processing import Processor
from consumer.reading import Reader
from consumer.scoring import Scorer
from testbed import models
from testbed.history import SCORED
from testbed.telco.draft import Draft
from testbed.telco.fuzzing import draft
from testbed.telco.oracle import Oracle
from testbed.telco.reading import RawRecord, read_dead_letter, read_prediction

BATCH = 500  # records that the consumer sees at once
SHOWN = 20  # disagreements told in full
TOLERANCE = 1e-6  # of a score
OUTPUT, LETTERS = "predictions", "letters"


class Record(NamedTuple):
    """A case as the consumer's client would hand it over."""

    draft: Draft
    place: int

    def value(self) -> bytes | None:
        """The bytes of the case."""
        return self.draft.value

    def key(self) -> bytes | None:
        """Its key."""
        return self.draft.key

    def headers(self) -> None:
        """None were sent with it."""

    def topic(self) -> str:
        """Where it would have been read."""
        return "input"

    def partition(self) -> int:
        """All are of one."""
        return 0

    def offset(self) -> int:
        """The number of the case."""
        return self.place


class Fuzz:
    """The consumer's processing and the oracle side by side; counts what they say."""

    def __init__(self, seed: int):
        folder = models.ensure()
        data, _ = checked(folder / "model.skops", None)
        scorer = Scorer(load(data, folder / "model.skops"), "fuzzed")
        letters = DeadLetters(LETTERS, "fuzz")
        self._processor = Processor(Reader(), scorer, letters, OUTPUT, Metrics())
        self._oracle, self._seed = Oracle(folder / "model.json"), seed
        self.outcomes: Counter[str] = Counter()
        self.findings: list[str] = []
        self.slowest_s = 0.0

    def run(self, first: int, count: int) -> None:
        """``count`` cases from case ``first`` on, in one batch."""
        records = [Record(draft(n, self._seed), n) for n in range(first, first + count)]
        began = time.monotonic()
        try:
            outgoing = self._processor.process(records).outgoing
        except Exception as error:  # the very thing that is looked for
            self._found(first, f"the batch of {count} raised {type(error).__name__}: {error}")
            return
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        if len(outgoing) != count:
            self._found(first, f"{count} records gave {len(outgoing)} outcomes")
            return
        expected = self._oracle.expect([record.draft for record in records])
        for record, message, right in zip(records, outgoing, expected, strict=True):
            if problem := self._problem(record, message, right):
                value = base64.b64encode(record.value() or b"").decode()
                self._found(record.place, f"{problem}; value in base64: {value}")

    def _found(self, n: int, problem: str) -> None:
        self.findings.append(f"case {n} of seed {self._seed}: {problem}")

    def _problem(self, record: Record, message: Outgoing, right) -> str:
        scored = message.topic == OUTPUT
        outcome = SCORED if scored else json.loads(message.value)["error_type"]
        self.outcomes[outcome] += 1
        if outcome not in record.draft.admits:
            return f"expected {' or '.join(record.draft.admits)}, got {outcome}"
        raw = RawRecord(
            topic=message.topic, partition=0, offset=0, key=message.key, value=message.value,
            headers=tuple(message.headers or ()),
        )  # fmt: skip
        return _prediction(record, raw, right) if scored else _letter(record, raw)


def _prediction(record: Record, raw: RawRecord, right: tuple[float, int] | None) -> str:
    got = read_prediction(raw)
    if got.problems:
        return got.problems[0]
    if got.identity != record.draft.identity:
        return f"expected the prediction of {record.draft.identity!r}, got {got.identity!r}"
    if right is None or abs(got.score - right[0]) > TOLERANCE:
        return f"expected the score {right}, got {got.score}"
    return ""


def _letter(record: Record, raw: RawRecord) -> str:
    got = read_dead_letter(raw)
    if got.problems or got.exact_problems:
        return (*got.problems, *got.exact_problems)[0]
    same = got.recovered.value_known and got.recovered.value == record.value()
    return "" if same else f"expected the original back, got {got.recovered.value!r}"


def main() -> int:
    """Run the cases, print the findings, and the closing figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="how many (default a million)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (default 0)")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other cases")
    options = parser.parse_args()
    fuzz, began, end = Fuzz(options.seed), time.monotonic(), options.first + options.cases
    for first in range(options.first, end, BATCH):
        fuzz.run(first, min(BATCH, end - first))
    taken_s = time.monotonic() - began
    for finding in fuzz.findings[:SHOWN]:
        print(f"[ERROR] {finding}", file=sys.stderr)
    print(msgspec.json.encode(_figures(fuzz, options, taken_s)).decode())
    return 1 if fuzz.findings else 0


def _figures(fuzz: Fuzz, options: argparse.Namespace, taken_s: float) -> dict:
    return {
        "seed": options.seed,
        "first": options.first,
        "cases": options.cases,
        "disagreements": len(fuzz.findings),
        "outcomes": dict(fuzz.outcomes),
        "seconds": round(taken_s, 1),
        "cases_per_s": round(options.cases / taken_s),
        "slowest_batch_s": round(fuzz.slowest_s, 3),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    sys.exit(main())
