"""How the embedded broker is set up: one node, all roles, this machine only."""

from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
NODE_ID = 1
CLIENTS, CONTROLLER, PROXIED = "CLIENTS", "CONTROLLER", "PROXIED"
FILE = "server.properties"  # in the folder of a node
# A test freezes the node for longer than the nine seconds of Kafka's default.
SESSION_MS = 60_000


@dataclass(frozen=True)
class Listener:
    """A named way in: what the broker binds, and what it tells clients to use instead."""

    name: str
    port: int
    advertised: str = ""
    protocol: str = "PLAINTEXT"

    @property
    def address(self) -> str:
        """Where the broker listens."""
        return f"{HOST}:{self.port}"

    @property
    def bound(self) -> str:
        """As ``listeners`` wants it."""
        return f"{self.name}://{self.address}"

    @property
    def told(self) -> str:
        """As ``advertised.listeners`` wants it."""
        return f"{self.name}://{self.advertised or self.address}"


def proxied(bound: list[int], advertised: list[int]) -> list[Listener]:
    """Ways in by a proxy: where the broker listens, and the ports where a proxy has to."""
    pairs = enumerate(zip(bound, advertised, strict=True))
    return [Listener(f"{PROXIED}{n}", port, f"{HOST}:{other}") for n, (port, other) in pairs]


FIXED: dict[str, str | int] = {
    "process.roles": "broker,controller",
    "node.id": NODE_ID,
    "controller.listener.names": CONTROLLER,
    "inter.broker.listener.name": CLIENTS,
    # A topic that nobody created is a mistake in a test, and must show.
    "auto.create.topics.enable": "false",
    "num.partitions": 3,
    # One node: one copy, and few internal partitions, because each costs time to load.
    "default.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    # The first member need not wait three seconds for others; see JOINED_SOFTLY.
    "group.initial.rebalance.delay.ms": 0,
    # A dead member shall be noticed as soon as its consumer asks for; both kinds of group.
    "group.min.session.timeout.ms": 500,
    "group.consumer.min.session.timeout.ms": 1000,
    "group.consumer.session.timeout.ms": 6000,
    "group.consumer.min.heartbeat.interval.ms": 100,
    "group.consumer.heartbeat.interval.ms": 500,
    # A transaction that its producer left open is aborted soon after its timeout, not in ten s.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": 500,
    # Nothing is cleaned away while a run may still want to read it.
    "log.retention.ms": -1,
    "log.cleaner.enable": "false",
    # Deleted topics leave the memory at once, and empty ones take little of it.
    "file.delete.delay.ms": 0,
    "log.index.size.max.bytes": 65536,
    # While its controlled shutdown ends, a lone node says that the cluster has no broker at all,
    # and clients on librdkafka 2.13 or later never ask again: confluentinc/librdkafka issue 5301.
    "controlled.shutdown.enable": "false",
    "broker.session.timeout.ms": SESSION_MS,
    # How soon the node is taken for alive again.
    "broker.heartbeat.interval.ms": 500,
    # Nobody watches it by JMX.
    "metric.reporters": "",
    # Few clients: few threads.
    "num.network.threads": 2,
    "num.io.threads": 4,
    "num.recovery.threads.per.data.dir": 1,
    "background.threads": 2,
}

# Three nodes that keep a copy of everything each, and go on with two of them.
NODES = (1, 2, 3)
_REPLICATED: dict[str, str | int] = {
    "default.replication.factor": 3,
    "min.insync.replicas": 2,
    "offsets.topic.replication.factor": 3,
    "transaction.state.log.replication.factor": 3,
    "transaction.state.log.min.isr": 2,
    "share.coordinator.state.topic.replication.factor": 3,
    "share.coordinator.state.topic.min.isr": 2,
    # Leaders and coordinators move before a node stops; here others are left to be named.
    "controlled.shutdown.enable": "true",
    # How soon a node that is gone is missed: long enough for one that a busy machine holds up.
    "broker.session.timeout.ms": 4_000,
    "replica.lag.time.max.ms": 4_000,
    # A leader stays where it is until a test takes it away.
    "auto.leader.rebalance.enable": "false",
    # Followers ask as soon as there is something.
    "replica.fetch.backoff.ms": 100,
}


def replicated(node: int, controllers: dict[int, int]) -> dict[str, str | int]:
    """What one of several nodes is told beside the rest; ``controllers``: node -> port."""
    voters = ",".join(f"{each}@{HOST}:{port}" for each, port in controllers.items())
    return _REPLICATED | {"node.id": node, "controller.quorum.voters": voters}


# Some clients (kafka-python 3.0) lose their heartbeat when a group is stable before they know
# its topics. No broker in service is that quick, so neither are we with a client unknown to us.
JOINED_SOFTLY = {"group.initial.rebalance.delay.ms": 250}


def server_properties(
    data: Path, listeners: list[Listener], controller: Listener, more: dict[str, str | int]
) -> str:
    """The text of ``server.properties``; the first listener is the broker's own."""
    everyone = [*listeners, controller]
    varying: dict[str, str | int] = {
        "log.dirs": data.as_posix(),
        "listeners": ",".join(one.bound for one in everyone),
        "advertised.listeners": ",".join(one.told for one in listeners),
        "listener.security.protocol.map": ",".join(
            f"{one.name}:{one.protocol}" for one in everyone
        ),
        "controller.quorum.voters": f"{NODE_ID}@{HOST}:{controller.port}",
    }
    for one in listeners:
        if one.advertised:  # for one consumer alone: one thread
            varying[f"listener.name.{one.name.lower()}.num.network.threads"] = 1
    return "".join(f"{name}={value}\n" for name, value in {**FIXED, **varying, **more}.items())


def controller_of(properties: Path) -> Listener:
    """The controller's way in, as a file of ``server_properties`` has it."""
    lines = properties.read_text("utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines)
    return Listener(CONTROLLER, int(told["controller.quorum.voters"].rpartition(":")[2]))


def alone(controller: Listener) -> list[str]:
    """Words behind a node's command that start its controller without its broker."""
    way_in = controller.bound
    other = {"process.roles": "controller", "listeners": way_in, "advertised.listeners": way_in}
    pairs = [("--override", f"{name}={value}") for name, value in other.items()]
    return [word for pair in pairs for word in pair]
