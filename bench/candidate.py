"""One candidate run: start it, wait until all is committed, and take its figures."""

import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

import psutil
from confluent_kafka import Consumer, TopicPartition

from bench.load import PARTITIONS
from testbed.caches import cache_dir
from testbed.models import ROOT, ModelFiles
from testbed.processes import spawn
from testbed.wait import until

FOLDER = Path(__file__).parent / "candidates"
RUN_WITHIN_S, STOP_WITHIN_S, INSTALL_WITHIN_S = 300.0, 30.0, 600.0


class Candidate(NamedTuple):
    """A consumer as candidates.toml describes it."""

    name: str
    share: float = 1.0
    copies: bool = False
    requires: tuple[str, ...] = ()

    def python(self) -> str:
        """The interpreter that has what it needs; installed on the first use."""
        if not self.requires:
            return sys.executable
        folder = cache_dir("bench") / self.name
        python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        told = folder / "requires.txt"
        wanted = "\n".join(self.requires)
        if not told.exists() or told.read_text("utf-8") != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            install = [python, "-m", "pip", "install", "--quiet", *self.requires]
            subprocess.run(install, check=True, timeout=INSTALL_WITHIN_S)
            told.write_text(wanted, "utf-8")
        return str(python)


class Run(NamedTuple):
    """What was seen of a process; times in ms since the epoch."""

    started_ms: float
    done_ms: float
    cpu_s: float
    peak_mib: float
    exit_code: int


def candidates(names: list[str]) -> list[Candidate]:
    """Those with these names; all for an empty list."""
    told = tomllib.loads((FOLDER / "candidates.toml").read_text("utf-8"))
    unknown = set(names) - told.keys()
    if unknown:
        raise SystemExit(f"expected candidates among {', '.join(told)}, got {', '.join(unknown)}")
    return [Candidate(name, **told[name]) for name in names or told]


class Place(NamedTuple):
    """Where a candidate works."""

    servers: str
    source: str
    output: str
    deadletter: str
    group: str
    files: ModelFiles

    def environment(self) -> dict[str, str]:
        """As DESIGN's contract of the command hands it over."""
        own = {
            "KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "INPUT_TOPIC": self.source,
            "OUTPUT_TOPIC": self.output,
            "DEADLETTER_TOPIC": self.deadletter,
            "GROUP_ID": self.group,
            "MODEL_PATH": str(self.files.skops),
            "MODEL_JSON_PATH": str(self.files.json),
            "PYTHONPATH": str(ROOT),
        }
        return os.environ | own


def run(candidate: Candidate, place: Place, log: Path) -> Run:
    """Let it work until every record is committed; raises ``NotReached`` if it never is."""
    args = [candidate.python(), str(FOLDER / f"{candidate.name}.py")]
    progress, ends = _progress(place)
    started = time.time()
    spawned = spawn(args, env=place.environment(), log=log, token=place.group)
    try:
        watched, peak = psutil.Process(spawned.pid), [0]

        def finished() -> bool:
            peak[0] = max(peak[0], watched.memory_info().rss)
            return _committed(progress, place) >= ends

        until(finished, within_s=RUN_WITHIN_S, what=f"{candidate.name} to commit {ends} records",
              describe=lambda: _committed(progress, place), every_s=0.05)  # fmt: skip
        done, cpu = time.time(), sum(watched.cpu_times()[:2])
        spawned.terminate()
        code = spawned.wait(STOP_WITHIN_S)
    finally:
        spawned.kill()
        progress.close()
    return Run(1e3 * started, 1e3 * done, cpu, peak[0] / 2**20, code)


def _progress(place: Place) -> tuple[Consumer, int]:
    asking = Consumer({"bootstrap.servers": place.servers, "group.id": place.group})
    ends = [
        asking.get_watermark_offsets(TopicPartition(place.source, n), 10.0)[1]
        for n in range(PARTITIONS)
    ]
    return asking, sum(ends)


def _committed(asking: Consumer, place: Place) -> int:
    asked = [TopicPartition(place.source, number) for number in range(PARTITIONS)]
    return sum(max(0, one.offset) for one in asking.committed(asked, timeout=10.0))
