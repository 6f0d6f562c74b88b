"""What one run shares between its scenarios: the broker, the models, the cleanup."""

import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec

from testbed import clients, command, models
from testbed.brokers import KafkaBroker, KafkaCluster, attach, choose
from testbed.brokers.protocol import Broker, Handover, HasLogs
from testbed.errors import BenchError, CannotStart
from testbed.experience import Experience
from testbed.guardian import Guardian
from testbed.leftovers import Leftovers
from testbed.limits import Limits
from testbed.observers.questions import Questions
from testbed.options import Options
from testbed.security.access import Access
from testbed.telco.oracle import Oracle
from testbed.topics import Topics
from testbed.wait import until

ROOT = Path(__file__).resolve().parents[1]
HANDOVER = "TESTBED_HANDOVER"  # where the runner leaves the broker's address for its workers
COMPANY = "TESTBED_COMPANY"  # set where this process is not the only worker of its run
LOGS = {"redpanda": "redpanda.log", "kafka": "kafka.log"}
LOAD_S = 20.0  # a load under faults may keep a slow consumer busy for this long
LEAST_VOLUME = 200  # below this a fault finds nothing in flight
BACKLOG_S = 60.0  # nothing happens to a backlog meanwhile, so that it may take longer
LEAST_BACKLOG = 1500  # three times the usual size of a full batch: its edges must come up


def tell(line: str) -> None:
    """A line for the person at the terminal."""
    sys.stderr.write(line + "\n")


class Bench:
    """Everything that outlives a scenario. Opened once per process, closed whatever happens."""

    def __init__(
        self, options: Options, say=tell, *, handover: str = "", log_prefix: str = "",
        guarded: bool = False, clustered: bool = False,
    ):  # fmt: skip
        """``handover`` is the file by which the runner passes its broker on, if there is one;
        ``guarded`` asks for an embedded one that has guarded ways in, ``clustered`` for one of
        three nodes."""
        self.options, self._say, self._given = options, say, handover
        self._log_prefix, self._guarded, self._clustered = log_prefix, guarded, clustered
        self._others: dict[str, Bench] = {}
        self.words = self._consumer_words()
        self.run = secrets.token_hex(3)
        self.token = f"churn-{self.run}"
        self.guardian = Guardian.start(self.token)
        self.folder = Path(tempfile.mkdtemp(prefix="churn-testbed-"))
        self.guardian.protect_folder(self.folder)
        self.not_ready = 0  # scenarios in a row whose consumer never became ready
        self.experience = Experience()
        self.rate_per_s: float | None = None  # what the consumer was seen to do
        self._count = 0
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        with ThreadPoolExecutor(2) as pool:
            model_folder: Future[Path] = pool.submit(models.ensure)
            self.broker: Broker = self._reach_broker()
            self.models = model_folder.result()
        self.admin = clients.admin(self.handover)
        self.topics = Topics(self.admin, self.options.limits.admin_s)
        self.leftovers = Leftovers(self.admin, self.topics, self.options.limits.admin_s)
        self.access = Access(self.admin, self.options.limits.admin_s)
        self.questions = Questions(lambda: clients.admin(self.handover))
        self.producer = clients.producer(self.handover)
        self._oracles: dict[Path, Oracle] = {}

    @property
    def handover(self) -> Handover:
        """How the broker is reached."""
        return self.broker.handover

    @property
    def shared(self) -> bool:
        """Whether other workers of this run use the same broker at this moment."""
        return COMPANY in os.environ

    @property
    def can_spare(self) -> bool:
        """Whether a second broker of the same kind costs little."""
        return self.handover.kind == "kafka"

    def spare(self) -> "Bench":
        """Another bench, with an embedded broker that scenarios may break: nobody else uses it.

        Made when first asked for, and closed with this one.
        """
        return self._another("spare-")

    def guarded(self) -> "Bench":
        """Another bench, whose embedded broker has ways in that ask who is there; as ``spare``."""
        return self._another("guarded-", guarded=True)

    def clustered(self) -> "Bench":
        """Another bench, whose embedded broker is a cluster of three nodes; as ``spare``."""
        return self._another("cluster-", clustered=True)

    def _another(self, prefix: str, **how) -> "Bench":
        if prefix not in self._others:
            options = replace(self.options, broker="kafka", port=0, keep=False)
            self._others[prefix] = Bench(options, lambda _: None, log_prefix=prefix, **how)
        return self._others[prefix]

    @property
    def limits(self) -> Limits:
        """The limits of the next scenario."""
        return self.experience.limits(self.options.limits)

    def next_token(self) -> str:
        """A token for the topics and the group of one scenario: unique on any broker."""
        self._count += 1
        return f"{self.run}{self._count:02d}"

    def volume(self, wanted: int) -> int:
        """``wanted`` events, or fewer for a consumer that would need too long for them."""
        if self.rate_per_s is None:
            return wanted
        return max(LEAST_VOLUME, min(wanted, int(self.rate_per_s * LOAD_S)))

    def backlog(self, wanted: int) -> int:
        """The same for events that wait: full batches, unless the consumer is very slow."""
        if self.rate_per_s is None:
            return wanted
        least = min(wanted, LEAST_BACKLOG, int(self.rate_per_s * BACKLOG_S))
        return max(self.volume(wanted), least)

    def oracle(self, files: models.ModelFiles) -> Oracle | None:
        """The suite's own reading of a model, or None where the consumer has a model of its own."""
        if not self.options.oracle:
            return None
        if files.json not in self._oracles:
            self._oracles[files.json] = Oracle(files.json)
        return self._oracles[files.json]

    def client_config(self, more: dict[str, str]) -> Path:
        """A file of client properties for a consumer: the broker's own, and ``more``."""
        given = self.handover.client_config_path
        if given and not more:
            return Path(given)
        properties = (clients.read_properties(given) if given else {}) | more
        path = self.folder / f"client-{self._count:02d}.properties"
        path.touch(mode=0o600)
        path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()), "utf-8")
        return path

    def close(self) -> None:
        """Take down what this process started; a log that cannot be kept is only told."""
        try:
            for other in self._others.values():
                other.close()
            self._clear_up()
            broker = getattr(self, "broker", None)
            if broker is not None and not self._given:
                self._stop(broker)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.guardian.close()

    def _clear_up(self) -> None:
        """Leave a cluster that is not this run's as it was; what cannot be deleted is told."""
        leftovers = getattr(self, "leftovers", None)
        if leftovers is None or self.handover.owned:
            return
        try:
            leftovers.delete_topics()
            if self.handover.kind == "external":  # elsewhere groups go with the broker
                leftovers.delete_groups(self.options.session_timeout_s)
        except BenchError as error:
            self._say(f"[WARNING] {error}")

    def _stop(self, broker: Broker) -> None:
        try:
            if isinstance(broker, HasLogs):
                log = self._log_prefix + LOGS[broker.handover.kind]
                broker.save_logs(self.options.reports / log)
        except (BenchError, OSError) as error:
            self._say(f"[WARNING] {error}")
        finally:
            broker.stop()

    def _reach_broker(self) -> Broker:
        if self._given:
            return attach(self._await_handover(Path(self._given)))
        broker = self._choice()(self.options, self.folder, self.guardian, self._say)
        broker.start()
        return broker

    def _choice(self) -> Callable[..., Broker]:
        if self._clustered:
            return KafkaCluster
        return self._choose_guarded if self._guarded else choose

    def _choose_guarded(self, *known) -> Broker:
        from testbed.security.trust import Trust  # what signs takes time to import

        self.trust = Trust(self.folder / "trust")
        return KafkaBroker(*known, why="a guarded one was asked for", guard=self.trust.guard)

    def _await_handover(self, path: Path) -> Handover:
        until(
            path.exists,
            within_s=self.options.limits.broker_ready_s + self.options.limits.image_pull_s,
            what="the runner to hand over its broker",
        )
        told = json.loads(path.read_bytes())
        if "error" in told:
            raise CannotStart(told["error"])
        return msgspec.convert(told, Handover)

    def _consumer_words(self) -> list[str]:
        options = self.options
        if options.consumer_command:
            return command.check(options.consumer_command)
        return command.reference(
            delivery=options.delivery, validates=options.validates, metrics=options.metrics
        )
