"""Redpanda in a container, by ``docker-compose.test.yml`` and the Docker SDK."""

import os
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from testbed.brokers import compose, coordinator, presence, trouble
from testbed.brokers.protocol import Handover, ProxiedListener
from testbed.brokers.readiness import ASK_S, Readiness
from testbed.errors import BenchError, CannotStart, NotReached
from testbed.limits import Limits
from testbed.options import Options
from testbed.wait import until

LOOK_EVERY_S = 0.1  # while it starts; a look asks the engine and the broker
TAIL = 20  # log lines that explain why a broker did not come up
LOG = "redpanda.log"

Say = Callable[[str], None]


def availability(options: Options, say: Say = lambda line: None) -> tuple[bool, str]:
    """Whether this broker can be had here, and why, in words; the image is pulled if need be."""
    try:
        presence.check()
        settings = compose.settings()
        compose.find()
        with closing(_engine()) as engine:
            _ensure_image(engine, settings.image, options.limits, say)
    except BenchError as error:
        return False, ": ".join(filter(None, (error.what.rstrip("."), error.cause)))
    return True, _why(settings.image)


class RedpandaBroker:
    """One node, its data in memory, that can be frozen, killed and started again."""

    def __init__(self, options: Options, folder: Path, guardian, say: Say):
        self._options, self._limits = options, options.limits
        self._folder, self._guardian, self._say = folder, guardian, say
        self._engine = self._container = self._compose = None
        self._handover: Handover | None = None

    @classmethod
    def attached(cls, handover: Handover, limits: Limits | None = None) -> "RedpandaBroker":
        """The broker that another process of the run has started; ``stop`` leaves it running."""
        broker = cls(Options(limits=limits or Limits()), Path(), None, lambda line: None)
        broker._engine = _engine()
        broker._container = _found(broker._engine, handover.container)
        if broker._container is None:
            broker.stop()
            raise CannotStart(f"The container {handover.container} is gone")
        broker._handover = handover
        return broker

    @property
    def handover(self) -> Handover:
        """How to reach it; raises ``BenchError`` before ``start``."""
        if self._handover is None:
            raise BenchError("The broker has not been started")
        return self._handover

    def start(self) -> Handover:
        """Start the container, or reuse a healthy one, and wait until Kafka answers.

        Raises ``CannotStart`` with cause and next step, leaving nothing running of its own.
        """
        presence.check()
        settings = compose.settings()
        self._engine = _engine()
        try:
            if not self._reuse(settings):
                self._create(settings)
        except BaseException:
            with suppress(BenchError):  # the guardian tries once more
                self._take_down()
            raise
        return self.handover

    def stop(self) -> None:
        """Take the container down, unless it was reused or is to be kept."""
        if self._compose and self._options.keep:
            self._guardian.release("command", self._compose.down_args)
            name = self.handover.container
            self._say(f"The container {name} is kept; to remove it: docker rm -f -v {name}")
            self._compose = None
        self._take_down()

    def pause(self) -> None:
        """Freeze the broker."""
        self._live().pause()

    def resume(self) -> None:
        """Thaw it."""
        self._live().resume()

    def kill(self) -> None:
        """SIGKILL the broker in its container; the data in memory stays."""
        self._live().end_broker(clean=False, within_s=self._limits.broker_ready_s)

    def restart(self, *, clean: bool = True) -> None:
        """Stop in order, or kill, what still runs; start it on the same data and port."""
        container, within_s = self._live(), self._limits.broker_ready_s
        if container.broker_runs():
            container.end_broker(clean=clean, within_s=within_s)
        container.start_broker()
        self._await_ready(self.handover.bootstrap_servers, within_s)

    def save_logs(self, target: Path) -> None:
        """Write what the container said; raises ``BenchError`` where it is gone."""
        self._live().save_logs(target)

    def _live(self):
        if self._container is None:
            raise BenchError("The broker's container is not running")
        return self._container

    def _reuse(self, settings: compose.Settings) -> bool:
        found = _found(self._engine, settings.container)
        if found is None:
            return False
        state = found.state()
        if state.status in trouble.ENDED or trouble.is_orphan(found):
            found.remove()
            return False
        trouble.refuse_foreign(found, state)
        self._container = found
        unwell = state.health == "unhealthy"
        within_s = self._limits.admin_s if unwell else self._limits.broker_ready_s
        self._await_ready(settings.bootstrap_servers, within_s)
        self._hand_over(settings, owned=False)
        self._say(f"Reusing the running {self.handover.name}; it is left running")
        return True

    def _create(self, settings: compose.Settings) -> None:
        began = time.monotonic()
        _ensure_image(self._engine, settings.image, self._limits, self._say)
        if self._engine.is_local:
            trouble.check_ports(settings.ports)
        self._compose = compose.Compose(compose.find(), settings)
        self._guardian.protect_command(self._compose.down_args)
        run = "" if self._options.keep else str(os.getpid())
        within_s = self._limits.broker_ready_s
        log = self._folder / "compose.log"
        self._compose.up(self._guardian, log, within_s=within_s, run=run)
        self._container = _found(self._engine, settings.container)
        if self._container is None:
            raise CannotStart(f"Compose started no container named {settings.container}")
        self._await_ready(settings.bootstrap_servers, within_s)
        self._hand_over(settings, owned=True, ready_s=round(time.monotonic() - began, 3))

    def _take_down(self) -> None:
        try:
            if self._compose:
                self._compose.down()
                self._guardian.release("command", self._compose.down_args)
        finally:
            if self._engine:
                self._engine.close()
            self._engine = self._container = self._compose = None

    def _hand_over(self, settings, *, owned: bool, ready_s: float | None = None) -> None:
        stand_in, image = self._container.label(compose.STAND_IN_LABEL), self._container.image
        name = f"{stand_in}, a stand-in for Redpanda," if stand_in else f"Redpanda ({image})"
        self._handover = Handover(
            kind="redpanda",
            bootstrap_servers=settings.bootstrap_servers,
            name=f"{name} in the container {settings.container}",
            why=_why(image),
            stand_in=bool(stand_in),
            owned=owned,
            container=settings.container,
            ready_s=ready_s,
            proxied=_proxied(settings),
        )

    def _await_ready(self, servers: str, within_s: float) -> None:
        answers = Readiness(servers)

        def ready() -> bool:
            state = self._container.state()
            if state.status in trouble.ENDED:
                raise self._broken(state, within_s)
            return answers()

        try:
            until(ready, within_s=within_s, what="the broker to answer", every_s=LOOK_EVERY_S)
        except NotReached as error:
            raise self._broken(self._container.state(), within_s) from error

    def _broken(self, state, within_s: float) -> CannotStart:
        log, said = self._options.reports / LOG, ""
        with suppress(BenchError, OSError):
            self._container.save_logs(log)
            said = self._container.logs(TAIL)
        return trouble.explain(state, said, within_s, log)


def _proxied(settings: compose.Settings) -> tuple[ProxiedListener, ...]:
    """The way in by a proxy; a container that was started otherwise may have none."""
    host, _, port = settings.proxied.bound.rpartition(":")
    there = coordinator.answers((host, int(port)), ASK_S)
    return (settings.proxied,) if there else ()


def _why(image: str) -> str:
    return f"a Docker engine answers and has {image}"


def _engine():
    from testbed.brokers.engine import Engine  # the SDK takes half a second to load

    return Engine.connect()


def _found(engine, name: str):
    from testbed.brokers.container import BrokerContainer

    container = engine.container(name)
    return BrokerContainer(container) if container else None


def _ensure_image(engine, image: str, limits: Limits, say: Say) -> None:
    if not engine.has_image(image):
        say(f"Pulling {image} (at most {limits.image_pull_s:g} s)")
        engine.pull(image, limits.image_pull_s)
