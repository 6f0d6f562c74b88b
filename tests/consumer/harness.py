"""The consumer as a process against a real broker, and what came of its records."""

import secrets
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

from testbed import clients
from testbed.brokers.protocol import Handover
from testbed.history import DEAD_LETTERS, INPUT, PREDICTIONS
from testbed.processes import Spawned, spawn
from testbed.telco.reading import RawRecord, read_dead_letter, read_prediction
from testbed.topics import PARTITIONS, Topics, names
from testbed.wait import until

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 60.0


@dataclass
class Pipeline:
    """Three topics and a group of their own."""

    broker: Handover
    model: Path
    folder: Path
    delivery: str = "exactly-once"
    program: tuple[str, ...] = ("-m", "consumer")
    token: str = field(default_factory=lambda: secrets.token_hex(4))

    def __post_init__(self):
        self.admin = clients.admin(self.broker)
        self.topics = names(self.token)
        self.group = f"group-{self.token}"
        Topics(self.admin, 15.0).create(
            {self.topics[role]: count for role, count in PARTITIONS.items()}
        )
        self.processes: list[Spawned] = []

    def start(self, *more: str, instance: int = 0, **replaced: str) -> Spawned:
        """Start an instance; its log is ``<instance>.log`` in the folder."""
        flags = {
            "bootstrap-servers": self.broker.bootstrap_servers,
            "input-topic": self.topics[INPUT],
            "output-topic": self.topics[PREDICTIONS],
            "deadletter-topic": self.topics[DEAD_LETTERS],
            "group-id": self.group,
            "model-path": str(self.model),
            "delivery": self.delivery,
            "metrics-port": "0",
            "instance": str(instance),
        }
        flags |= {name.replace("_", "-"): value for name, value in replaced.items()}
        words = [word for name, value in flags.items() for word in (f"--{name}", value)]
        command = [sys.executable, *self.program, *words, *more]
        process = spawn(command, cwd=ROOT, log=self.log(instance), token=self.token)
        self.processes.append(process)
        return process

    def log(self, instance: int = 0) -> Path:
        """Where an instance's lines go."""
        return self.folder / f"{instance}.log"

    def said(self, text: str, instance: int = 0) -> bool:
        """Whether an instance's log holds ``text``."""
        path = self.log(instance)
        return path.exists() and text in path.read_text("utf-8")

    def await_said(self, text: str, instance: int = 0) -> None:
        """Wait for a line of an instance."""
        until(
            lambda: self.said(text, instance),
            within_s=WITHIN_S,
            what=f"the log to say {text!r}",
            describe=lambda: self.log(instance).read_text("utf-8"),
        )

    def publish(self, drafts, **producer) -> int:
        """Publish drafts and wait for their acknowledgements."""
        client = clients.producer(self.broker, **producer)
        for draft in drafts:
            where = {} if draft.partition is None else {"partition": draft.partition}
            headers = list(draft.headers)
            client.produce(self.topics[INPUT], draft.value, draft.key, headers=headers, **where)
            client.poll(0)
        assert client.flush(WITHIN_S) == 0
        return len(drafts)

    def raw(self, role: str) -> list[RawRecord]:
        """Everything visible on a topic now, read_committed."""
        client = clients.reader(self.broker)
        places = [TopicPartition(self.topics[role], p, 0) for p in range(PARTITIONS[role])]
        client.assign(places)
        records, at_end = [], set()
        while len(at_end) < len(places):
            for message in client.consume(1000, 0.2):
                if message.error():
                    at_end.add(message.partition())
                else:
                    records.append(_raw(message))
        client.close()
        return records

    def scored(self) -> Counter:
        """Predictions per event identity."""
        return Counter(read_prediction(raw).identity for raw in self.raw(PREDICTIONS))

    def dead(self) -> Counter:
        """Dead letters per source position."""
        return Counter(read_dead_letter(raw).source for raw in self.raw(DEAD_LETTERS))

    def outcomes(self) -> int:
        """How many outcomes are visible."""
        return len(self.raw(PREDICTIONS)) + len(self.raw(DEAD_LETTERS))

    def await_outcomes(self, count: int) -> None:
        """Wait until at least ``count`` outcomes are visible."""
        until(
            lambda: self.outcomes() >= count,
            within_s=WITHIN_S,
            what=f"{count} outcomes",
            describe=lambda: f"{self.outcomes()} outcomes; {self.log().read_text('utf-8')}",
            every_s=0.1,
        )

    def committed(self) -> dict[int, int]:
        """The group's committed offset per partition that has one."""
        request = [ConsumerGroupTopicPartitions(self.group)]
        answer = self.admin.list_consumer_group_offsets(request)[self.group].result()
        return {place.partition: place.offset for place in answer.topic_partitions}

    def limit_size(self, role: str, largest_bytes: int) -> None:
        """Have a topic refuse what is larger."""
        Topics(self.admin, 15.0).limit_size(self.topics[role], largest_bytes)

    def close(self) -> None:
        """End what was started."""
        for process in self.processes:
            if process.running:
                process.resume()
            process.kill()


def _raw(message) -> RawRecord:
    return RawRecord(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        key=message.key(),
        value=message.value(),
        headers=tuple(message.headers() or ()),
        timestamp_ms=message.timestamp()[1],
    )


def expected(drafts) -> tuple[Counter, int]:
    """Predictions per identity, and the number of dead letters, that ``drafts`` must give.

    Drafts that admit either are left to the caller.
    """
    scored = Counter(d.identity for d in drafts if d.admits == ("scored",))
    return scored, sum("scored" not in d.admits for d in drafts)
