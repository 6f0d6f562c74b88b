"""``docker-compose.test.yml``: its settings, and the command that drives it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from testbed.brokers.presence import Which
from testbed.brokers.protocol import ProxiedListener
from testbed.errors import BenchError, CannotStart, NotReached
from testbed.processes import spawn

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.test.yml"
STAND_IN_FILE = Path(__file__).with_name("standin.compose.yml")
CONTAINER = "telco-redpanda-test"
IMAGE = "docker.redpanda.com/redpandadata/redpanda:v24.2.4"
STAND_IN_IMAGE = "telco-broker-standin"  # with any tag
STAND_IN_LABEL = "telco.testbed.stand-in"
RUN_LABEL = "telco.testbed.run"
RUN = "CHURN_TESTBED_RUN"
OVERRIDE = "CHURN_TESTBED_COMPOSE_OVERRIDE"
PORTS = {
    "REDPANDA_TEST_KAFKA_PORT": 19093,
    "REDPANDA_TEST_PROXIED_PORT": 19094,
    "REDPANDA_TEST_NETWORK_PORT": 19095,
    "REDPANDA_TEST_PROXY_PORT": 18084,
    "REDPANDA_TEST_REGISTRY_PORT": 18083,
    "REDPANDA_TEST_ADMIN_PORT": 9645,
}
LAST_WORDS_S = 1  # of a broker whose data is dropped anyway; then it is killed
DOWN_WITHIN_S = 30.0
PLUGIN_WITHIN_S = 10.0


@dataclass(frozen=True)
class Settings:
    """What the environment says about the compose file's variables."""

    image: str = IMAGE
    container: str = CONTAINER
    host: str = "127.0.0.1"
    ports: Mapping[str, int] = field(default_factory=lambda: dict(PORTS))
    override: Path | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where the Kafka API is reached."""
        return f"{self.host}:{self.ports['REDPANDA_TEST_KAFKA_PORT']}"

    @property
    def proxied(self) -> ProxiedListener:
        """The way in by a proxy, which runs beside the tests wherever the engine is."""
        network, bound = (self.ports[f"REDPANDA_TEST_{n}_PORT"] for n in ("NETWORK", "PROXIED"))
        return ProxiedListener(f"127.0.0.1:{network}", f"{self.host}:{bound}")


def settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Read them; raises ``CannotStart`` for a port that is none or an override that is missing."""
    image = env.get("REDPANDA_TEST_IMAGE") or IMAGE
    given = env.get(OVERRIDE)
    override = Path(given).absolute() if given else _stand_in_file(image)
    if override and not override.is_file():
        raise CannotStart(f"Expected {OVERRIDE} to be a compose file, found none at {override}")
    return Settings(
        image=image,
        container=env.get("REDPANDA_TEST_CONTAINER") or CONTAINER,
        host=env.get("REDPANDA_TEST_HOST") or "127.0.0.1",
        ports={name: _port(name, env.get(name) or port) for name, port in PORTS.items()},
        override=override,
    )


def find(which: Which = shutil.which, run=subprocess.run) -> list[str]:
    """The words that start compose: its plugin, else the older program of its own.

    Raises ``CannotStart`` where there is neither.
    """
    if which("docker"):
        version = run(
            ["docker", "compose", "version"], capture_output=True, timeout=PLUGIN_WITHIN_S
        )
        if version.returncode == 0:
            return ["docker", "compose"]
    if which("docker-compose"):
        return ["docker-compose"]
    raise CannotStart(
        "Docker Compose is not installed",
        "neither 'docker compose' nor 'docker-compose' works",
        "See https://docs.docker.com/compose/install/, or run with --broker kafka",
    )


@dataclass(frozen=True)
class Compose:
    """The one service of the compose file, up and down."""

    words: list[str]
    settings: Settings

    @property
    def down_args(self) -> list[str]:
        """The command that takes the service down, for whoever has to run it."""
        return self._args("down", "-v", "--timeout", str(LAST_WORDS_S))

    def up(self, guardian, log: Path, *, within_s: float, run: str) -> None:
        """Create and start the container; it is not ready yet.

        ``run`` marks whose container it is. Raises ``CannotStart`` with compose's own words.
        """
        env = os.environ | {RUN: run, "REDPANDA_TEST_IMAGE": self.settings.image}
        process = spawn(self._args("up", "-d"), env=env, cwd=ROOT, log=log)
        guardian.protect_group(process.pid)
        try:
            code = process.wait(within_s)
        except NotReached as error:
            raise _failed(f"docker compose takes more than {within_s:g} s", log) from error
        finally:
            process.kill()
            guardian.release("group", process.pid)
        if code != 0:
            raise _failed(f"docker compose ended with {code}", log)

    def down(self) -> None:
        """Remove container and data, if any; raises ``BenchError`` where that fails."""
        quiet = {"cwd": ROOT, "capture_output": True, "text": True}
        try:
            done = subprocess.run(self.down_args, check=False, timeout=DOWN_WITHIN_S, **quiet)
            failure = done.stderr.strip()[-500:] if done.returncode else ""
        except subprocess.TimeoutExpired:
            failure = f"it takes more than {DOWN_WITHIN_S:g} s"
        if failure:
            name = self.settings.container
            raise BenchError(
                f"The broker's container {name} could not be taken down",
                failure,
                f"Once the Docker daemon answers again: docker rm -f -v {name}",
            )

    def _args(self, *words: str) -> list[str]:
        files = [FILE, self.settings.override] if self.settings.override else [FILE]
        given = [word for file in files for word in ("-f", str(file))]
        if self.settings.container != CONTAINER:  # beside the usual one, not in its place
            given += ["-p", self.settings.container]
        return [*self.words, *given, *words]


def _failed(what: str, log: Path) -> CannotStart:
    said = log.read_text("utf-8", "replace").strip()[-800:] if log.exists() else ""
    if "already allocated" in said or "already in use" in said:
        return CannotStart(
            "A port of the broker's container is in use",
            said,
            f"Stop what listens there, or choose other ports with {', '.join(PORTS)}",
        )
    return CannotStart(f"The broker's container did not start: {what}", said, "See docs/docker.md")


def _stand_in_file(image: str) -> Path | None:
    name = image.rpartition("/")[2].partition(":")[0]
    return STAND_IN_FILE if name == STAND_IN_IMAGE else None


def _port(name: str, text) -> int:
    try:
        port = int(text)
    except ValueError:
        port = 0
    if not 0 < port < 65536:
        raise CannotStart(f"Expected {name} to be a port from 1 to 65535, got {text!r}")
    return port
