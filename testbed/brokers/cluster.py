"""Three nodes of Apache Kafka on this machine: each keeps a copy of everything, two are enough."""

import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from testbed.brokers import aot, coordinator, jars, ports, settings, storage
from testbed.brokers.ended import Ended
from testbed.brokers.guard import Guard
from testbed.brokers.installation import Installation
from testbed.brokers.node import Node
from testbed.brokers.protocol import Handover
from testbed.errors import BenchError, CannotStart, NotReached
from testbed.options import Options
from testbed.wait import until

ATTEMPTS = 3  # a port may be lost to another run
ASK_S = 1.0  # one look at the cluster's own picture of itself


class KafkaCluster:
    """The embedded broker as a cluster; every node is a broker and a controller.

    ``folder`` is the run's own; ``guards``, where given, are the guarded ways into each node.
    """

    def __init__(
        self, options: Options, folder: Path, guardian, say, *, guards: Sequence[Guard] = ()
    ):
        self._options, self._folder = options, folder
        self._guardian, self._say, self._limits = guardian, say, options.limits
        self._guards = guards
        self._nodes = {number: Node(folder / f"kafka-{number}") for number in settings.NODES}
        self._data: dict[int, Path] = {}
        self._servers: dict[int, str] = {}
        self._handover: Handover | None = None

    @property
    def handover(self) -> Handover:
        """How to reach it; raises ``BenchError`` before ``start``."""
        if self._handover is None:
            raise BenchError("The cluster has not been started")
        return self._handover

    @property
    def nodes(self) -> tuple[int, ...]:
        """The ids of all its nodes, whether they run or not."""
        return tuple(self._nodes)

    def start(self) -> Handover:
        """Start all nodes, and wait until each serves metadata and groups.

        Raises ``CannotStart`` with cause and next step, leaving nothing running.
        """
        began = time.monotonic()
        try:
            installation = Installation.find(self._options.java, self._say)
            self._start_again_if_ended(installation)
        except BaseException:
            with suppress(BenchError):  # one that never ran has no log
                self.save_logs(self._options.reports / "kafka.log")
            self.stop()
            raise
        self._handover = Handover(
            kind="kafka",
            bootstrap_servers=",".join(self._servers.values()),
            name=f"Apache Kafka {jars.kafka_version()} (embedded, {len(self._nodes)} nodes)",
            why="a cluster was asked for",
            ready_s=round(time.monotonic() - began, 3),
        )
        return self._handover

    def stop(self) -> None:
        """Take all down."""
        for node in self._nodes.values():
            process = node.process()
            node.kill()
            if process:
                self._guardian.release("group", process.pid)
        for data in self._data.values():
            shutil.rmtree(data, ignore_errors=True)
            self._guardian.release("folder", data)
        self._data = {}

    def is_up(self, node: int) -> bool:
        """Whether its process lives."""
        return self._nodes[node].running

    def end_node(self, node: int, *, clean: bool) -> None:
        """Stop a node in order, its leaderships handed over first, or kill it; its data stays."""
        if clean:
            self._nodes[node].terminate()
        else:
            self._nodes[node].kill()

    def start_node(self, node: int) -> None:
        """Start a node that was ended, and wait until the cluster is whole, with every copy."""
        self._guardian.protect_group(self._nodes[node].launch())
        self._await_whole()

    def pause_node(self, node: int) -> None:
        """Freeze a node."""
        self._nodes[node].suspend()

    def resume_node(self, node: int) -> None:
        """Let it run again."""
        self._nodes[node].resume()

    def stored(self, topic: str, partition: int) -> dict[int, int]:
        """How many bytes of a partition each node has, whether it runs or not."""
        place = f"{topic}-{partition}"
        return {
            node: sum(file.stat().st_size for file in (data / place).glob("*.log"))
            for node, data in self._data.items()
        }

    def save_logs(self, target: Path) -> None:
        """Copy what each node said, its id at the end of the file's name."""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            for number, node in self._nodes.items():
                shutil.copyfile(node.log, target.with_stem(f"{target.stem}-{number}"))
        except OSError as error:
            raise BenchError(
                f"The cluster's logs could not be saved beside {target}", str(error)
            ) from error

    def _start_again_if_ended(self, installation: Installation) -> None:
        for left in reversed(range(ATTEMPTS)):
            try:
                return self._start_all(installation)
            except Ended:
                self.stop()
                if not left:
                    raise
        raise AssertionError("unreachable")

    def _start_all(self, installation: Installation) -> None:
        count = len(self._nodes)
        clients, controllers, guarded = self._ports(count)
        for number, node in self._nodes.items():
            data = self._data[number] = storage.new_data_folder(self._folder)
            self._guardian.protect_folder(data)
            ways_in, more = self._guarded(number, guarded)
            installation.define(
                node,
                data,
                (clients[number], controllers[number]),
                aot.options(installation.java),
                token=self._guardian.token,
                proxied=ways_in,
                more=settings.replicated(number, controllers) | more,
            )
            storage.give_to(number, data)
            self._servers[number] = f"{settings.HOST}:{clients[number]}"
        for node in self._nodes.values():
            self._guardian.protect_group(node.launch())
        self._await_whole()

    def _ports(self, count: int):
        """For each node: the clients' port, the controller's, and those of its guard."""
        each = self._guards[0].count if self._guards else 0
        numbers = iter(ports.steady(count * (2 + each)))
        take = lambda: {node: next(numbers) for node in self._nodes}  # noqa: E731
        return take(), take(), {node: [next(numbers) for _ in range(each)] for node in self._nodes}

    def _guarded(self, number: int, guarded: dict[int, list[int]]):
        if not self._guards:
            return [], {}
        guard = self._guards[self.nodes.index(number)]
        return guard.listeners(guarded[number]), guard.properties()

    def _await_whole(self) -> None:
        """Until every node names all of them, and one coordinates groups.

        Raises ``Ended`` if one ends meanwhile, ``CannotStart`` with last words after the limit.
        """
        clients = [_client(servers) for servers in self._servers.values()]

        def whole() -> bool:
            for number, node in self._nodes.items():
                if not node.running:
                    node.kill()  # collects the child that ended
                    raise Ended(f"Node {number} of the cluster ended by itself", node.last_words())
            return all(_is_whole(client, self.nodes) for client in clients) and any(
                coordinator.answers(_address(one), ASK_S) for one in self._servers.values()
            )

        try:
            until(whole, within_s=self._limits.broker_ready_s, what="all nodes to be ready")
        except NotReached as error:
            words = [
                f"{number}: {node.last_words()[-500:]}" for number, node in self._nodes.items()
            ]
            raise CannotStart(
                f"The cluster failed to become ready within {self._limits.broker_ready_s:g}s",
                "last words of its nodes:\n" + "\n".join(words),
                "Raise timeout.broker_ready_s on a slow machine",
            ) from error


def _client(servers: str) -> AdminClient:
    return AdminClient(
        {
            "bootstrap.servers": servers,
            "reconnect.backoff.ms": 20,
            "reconnect.backoff.max.ms": 100,
            "error_cb": lambda _error: None,
            "log_level": 0,
        }
    )


def _is_whole(client: AdminClient, nodes: Sequence[int]) -> bool:
    """Whether a node sees all of them in the cluster, and every copy complete."""
    try:
        told = client.list_topics(timeout=ASK_S)
    except KafkaException:
        return False
    partitions = (p for topic in told.topics.values() for p in topic.partitions.values())
    return sorted(told.brokers) == list(nodes) and all(
        len(p.isrs) == len(p.replicas) for p in partitions
    )


def _address(servers: str) -> tuple[str, int]:
    host, _, port = servers.rpartition(":")
    return host, int(port)
