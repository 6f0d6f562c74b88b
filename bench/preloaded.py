"""How fast a candidate works off a topic that was filled before it started."""

import secrets
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.candidate import Candidate, Place
from bench.counting import SAMPLE, Account, account, expected_scores, read
from bench.load import create, events, fill
from bench.running import Running
from testbed import models


class Load(NamedTuple):
    """A filled topic, which of its records are invalid, and the scores of a sample."""

    topic: str
    invalid: np.ndarray
    expected: dict[int, float]


class Stage:
    """One broker, its loads, and a place of its own for each run."""

    def __init__(self, servers: str, logs: Path):
        """``logs`` is the folder for what candidates write."""
        self.servers, self.logs = servers, logs
        self.files = models.standard(models.ensure())
        self._loads: dict[tuple[int, float], Load] = {}

    def place(self, source: str) -> Place:
        """New topics and a new group for a run over the topic ``source``."""
        token = secrets.token_hex(4)
        names = [f"bench.{what}.{token}" for what in ("predictions", "deadletter")]
        create(self.servers, *names)
        return Place(self.servers, source, *names, f"bench-{token}", self.files)

    def load(self, records: int, invalid: float) -> Load:
        """The topic of so many events, filled when it is first asked for."""
        if (records, invalid) not in self._loads:
            topic = f"bench.customers.{records}.{round(100 * invalid)}"
            create(self.servers, topic)
            fill(self.servers, topic, events(records, invalid))
            self._loads[records, invalid] = self.expect(topic, records, invalid)
        return self._loads[records, invalid]

    def expect(self, topic: str, records: int, invalid: float) -> Load:
        """What is right for a topic that holds these events."""
        valid = {n: one.event for n, one in enumerate(events(records, invalid)) if one.event}
        wrong = np.ones(records, dtype=bool)
        wrong[list(valid)] = False
        sampled = {number: event for number, event in valid.items() if number % SAMPLE == 0}
        return Load(topic, wrong, expected_scores(self.files.json, sampled) if sampled else {})


def measure(
    stage: Stage, candidate: Candidate, records: int, invalid: float, instances: int = 1
) -> dict:
    """One run over ``records`` events; the rate is that of outcomes, first to last."""
    load = stage.load(records, invalid)
    place = stage.place(load.topic)
    with Running(candidate, place, stage.logs, instances) as running:
        running.await_committed()
        running.stop()
    found, (first_ms, last_ms) = judged(place, load, candidate, records)
    return {
        "records_per_s": round(1e3 * records / max(1, last_ms - first_ms)),
        "cpu_us": round(1e6 * running.cpu_s / records, 2),
        "peak_mib": round(running.peak_mib),
        "start_s": round((first_ms - running.started_ms) / 1e3, 2),
        "exit_codes": running.exit_codes,
        **found._asdict(),
    }


def judged(
    place: Place, load: Load, candidate: Candidate, records: int
) -> tuple[Account, tuple[int, int]]:
    """What is wrong with a run's outcomes, and when the broker took the first and the last."""
    topics = [read(place.servers, name, records) for name in (place.output, place.deadletter)]
    found = account(*topics, load.invalid, None if candidate.copies else load.expected)
    held = [one for one in topics if one.first_ms]
    if not held:
        raise SystemExit(f"{candidate.name} answered nothing")
    return found, (min(one.first_ms for one in held), max(one.last_ms for one in held))
