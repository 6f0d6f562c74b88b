"""Candidates as processes: started, watched until their work is committed, and stopped."""

import time
from pathlib import Path

import psutil
from confluent_kafka import Consumer, TopicPartition

from bench.candidate import FOLDER, Candidate, Place
from bench.load import PARTITIONS
from testbed.processes import Spawned, spawn
from testbed.wait import until

RUN_WITHIN_S, STOP_WITHIN_S = 300.0, 30.0


class Running:
    """Some instances of one candidate, as a context; whatever happens, they are gone after it."""

    def __init__(self, candidate: Candidate, place: Place, logs: Path, instances: int = 1):
        """``logs`` is the folder for what they write."""
        self._name, self._place = candidate.name, place
        self._args = [candidate.python(), str(FOLDER / f"{candidate.name}.py")]
        self._logs, self._instances = logs, instances
        self._spawned: list[Spawned] = []
        self.started_ms = 0.0  # since the epoch
        self.cpu_s = self.peak_mib = 0.0  # of all instances
        self.exit_codes: list[int] = []

    def __enter__(self) -> "Running":
        self.started_ms = 1e3 * time.time()
        for number in range(self._instances):
            log = self._logs / f"{self._name}-{number}.log"
            environment = self._place.environment(number)
            token = f"{self._place.group}-{number}"
            self._spawned.append(spawn(self._args, env=environment, log=log, token=token))
        return self

    def __exit__(self, *_error) -> None:
        for one in self._spawned:
            one.kill()

    def await_committed(self) -> None:
        """Wait until the group has committed all of the input topic.

        Raises ``NotReached`` after its limit, or as soon as an instance ends by itself.
        """
        asking = Consumer({"bootstrap.servers": self._place.servers, "group.id": self._place.group})
        try:
            until(
                lambda: self._look() and self._left(asking) <= 0, within_s=RUN_WITHIN_S,
                what=f"{self._name} to commit all records",
                describe=lambda: f"{self._left(asking)} records left", every_s=0.1,
            )  # fmt: skip
        finally:
            asking.close()

    def stop(self) -> None:
        """Ask them to stop, and keep their exit codes."""
        self._look()
        for one in self._spawned:
            one.terminate()
        self.exit_codes = [one.wait(STOP_WITHIN_S) for one in self._spawned]

    def _look(self) -> bool:
        """Take what they have used so far."""
        ended = [one.pid for one in self._spawned if not one.running]
        if ended:
            raise SystemExit(f"{self._name} ended by itself; see its log in {self._logs}")
        watched = [psutil.Process(one.pid) for one in self._spawned]
        self.cpu_s = sum(sum(one.cpu_times()[:2]) for one in watched)
        resident = sum(one.memory_info().rss for one in watched) / 2**20
        self.peak_mib = max(self.peak_mib, resident)
        return True

    def _left(self, asking: Consumer) -> int:
        places = [TopicPartition(self._place.source, number) for number in range(PARTITIONS)]
        ends = sum(asking.get_watermark_offsets(one, 10.0)[1] for one in places)
        return ends - sum(max(0, one.offset) for one in asking.committed(places, timeout=10.0))
