"""A cluster that somebody else runs: reached, used, and left alone."""

from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from testbed.brokers import properties
from testbed.brokers.protocol import Handover
from testbed.errors import BenchError, CannotStart, UsageError
from testbed.options import Options


class ReachedBroker:
    """A broker that this process only knows how to reach."""

    def __init__(self, handover: Handover | None = None):
        self._handover = handover

    @property
    def handover(self) -> Handover:
        """How to reach it; raises ``BenchError`` before ``start``."""
        if self._handover is None:
            raise BenchError("The broker has not been started")
        return self._handover

    def start(self) -> Handover:
        """It runs already."""
        return self.handover

    def stop(self) -> None:
        """It goes on running."""


class ExternalBroker(ReachedBroker):
    """The cluster behind ``broker.bootstrap_servers``, with ``broker.client_config``."""

    def __init__(self, options: Options, folder: Path, guardian, say):
        super().__init__()
        self._options, self._say = options, say

    def start(self) -> Handover:
        """See that the cluster answers, within ``timeout.admin_s``.

        Raises ``UsageError`` for a bad file of properties, ``CannotStart`` that names the
        servers where nobody answers or the credentials are refused.
        """
        servers, config = self._options.bootstrap_servers, self._options.broker_client_config
        given = properties.read(config) if config else {}
        nodes = _reach(servers, given, self._options.limits.admin_s)
        self._handover = Handover(
            kind="external",
            bootstrap_servers=servers,
            name=f"external Kafka ({servers}, {nodes} broker{'s' if nodes > 1 else ''})",
            why="asked for",
            client_config_path=str(Path(config).resolve()) if config else "",
            owned=False,
        )
        return self._handover


def _reach(servers: str, given: dict[str, str], within_s: float) -> int:
    """How many brokers the cluster names."""
    complaints: list[str] = []
    base = {"error_cb": lambda error: complaints.append(error.str()), "log_level": 0}
    try:
        client = AdminClient(given | base | {"bootstrap.servers": servers})
    except KafkaException as error:
        cause = properties.without_secrets(error.args[0].str(), given)
        raise UsageError("broker.client_config is not accepted", cause) from error
    try:
        return len(client.list_topics(timeout=within_s).brokers)
    except KafkaException as error:
        client.poll(0)  # the complaints wait there to be heard
        cause = "; ".join(dict.fromkeys(complaints[:3])) or error.args[0].str()
        raise CannotStart(
            f"The Kafka cluster at {servers} does not answer within {within_s:g} s",
            properties.without_secrets(cause, given),
            "Check broker.bootstrap_servers, the network, and broker.client_config",
        ) from error
