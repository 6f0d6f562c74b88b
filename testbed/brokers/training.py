"""Makes the start-up cache, beside the first run and at the lowest priority: nobody waits for it.

The assembly takes about as much time as a short run; started in the first broker's place, it
would hold up the first verdict for ten seconds and more.
"""

import threading
from pathlib import Path

from filelock import FileLock

from testbed.brokers import aot, ports, settings
from testbed.brokers.exercise import exercise
from testbed.brokers.installation import Installation
from testbed.brokers.node import Node
from testbed.brokers.running import await_ready
from testbed.caches import try_lock
from testbed.errors import BenchError

READY_WITHIN_S, WRITTEN_WITHIN_S = 120.0, 180.0  # what is left over by a busy machine


class Training:
    """One broker of its own that starts, works a little, stops, and leaves the cache behind."""

    def __init__(self, installation: Installation, lock: FileLock, folder: Path, guardian):
        self._installation, self._lock, self._guardian = installation, lock, guardian
        self._folder, self._node = folder, Node(folder)
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._train, name="training", daemon=True)

    @classmethod
    def begin(cls, installation: Installation, folder: Path, guardian) -> "Training | None":
        """Train in the background, unless the cache is there or another run is training."""
        java = installation.java
        if not java.has_aot_cache or aot.path(java).exists():
            return None
        lock = try_lock(aot.path(java))
        if lock is None:
            return None
        training = cls(installation, lock, folder, guardian)
        training._thread.start()
        return training

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    def wait(self, within_s: float) -> None:
        """Give it time to end."""
        self._thread.join(within_s)

    def cancel(self) -> None:
        """End it now, without a cache; the next run trains again."""
        self._cancelled.set()
        self._node.kill()
        self._thread.join()

    def _train(self) -> None:
        made = self._folder / "made.aot"
        try:
            self._run([f"-XX:AOTCacheOutput={made}"])
            if made.exists() and not self._cancelled.is_set():
                aot.install(made, self._installation.java)
        except (BenchError, OSError):
            return  # no room, no time: the next run tries again
        finally:
            self._node.kill()
            self._lock.release()

    def _run(self, options: list[str]) -> None:
        clients, controller = ports.free(2)
        self._folder.mkdir(parents=True, exist_ok=True)
        data = self._folder / "data"
        pair, token = (clients, controller), self._guardian.token
        self._installation.define(self._node, data, pair, options, token=token)
        if self._cancelled.is_set():
            return
        self._guardian.protect_group(self._node.launch(in_background=True))
        servers = f"{settings.HOST}:{clients}"
        await_ready(self._node, servers, READY_WITHIN_S)
        exercise(servers)
        self._node.terminate(WRITTEN_WITHIN_S)
