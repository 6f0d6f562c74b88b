"""An embedded broker that a run left running on purpose, found again by the next one."""

import json
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from testbed.brokers import jars
from testbed.brokers.node import Node
from testbed.caches import cache_dir, try_lock


@dataclass(frozen=True)
class Kept:
    """Where it is: the folder of its ``Node``, its data, its port, its Kafka.

    ``proxied``: its further ways in, each as advertised and as bound.
    """

    folder: str
    data: str
    port: int
    version: str
    proxied: tuple[tuple[str, str], ...] = ()

    @property
    def node(self) -> Node:
        """The process, living or not."""
        return Node(Path(self.folder))


def new_folder() -> Path:
    """A folder for a broker to be kept: it outlives the run's own."""
    folder = cache_dir("kept") / f"kafka-{secrets.token_hex(4)}"
    folder.mkdir()
    return folder


def remember(kept: Kept) -> None:
    """Record it for the next run."""
    partial = _record().with_suffix(".partial")
    partial.write_text(json.dumps(asdict(kept)), "utf-8")
    partial.replace(_record())


def find(port: int) -> tuple[Kept, FileLock] | None:
    """The kept broker, if it lives and fits, and the lock that keeps other runs off it.

    ``port`` 0 fits any. One that has died is cleared away.
    """
    if not _record().exists():
        return None
    lock = try_lock(_record())
    if lock is None:
        return None
    kept = _read()
    if kept and kept.node.running and port in (0, kept.port):
        return kept, lock
    if kept and not kept.node.running:
        _forget(kept)
    lock.release()
    return None


def _read() -> Kept | None:
    try:
        kept = Kept(**json.loads(_record().read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return kept if kept.version == jars.kafka_version() else None


def _forget(kept: Kept) -> None:
    for folder in (kept.folder, kept.data):
        shutil.rmtree(folder, ignore_errors=True)
    _record().unlink(missing_ok=True)


def _record() -> Path:
    return cache_dir("kept") / "kafka.json"
