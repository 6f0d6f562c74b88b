"""The bench's handle on the network process: begin and heal faults, arm triggers, hear notes."""

import json
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from testbed.errors import BenchError, CannotStart
from testbed.network.keys import API_KEYS
from testbed.network.triggers import ACTIONS
from testbed.wait import until

ROOT = Path(__file__).resolve().parents[2]
ANSWER_WITHIN_S = 10.0  # an order takes microseconds; a loaded machine needs longer
FREE_WITHIN_S = 120.0  # another worker's scenario gives its port back at its end
LOOK_EVERY_S = 0.2


class Proxy:
    """A running network; close it, or use it as a context manager. It ends with its parent."""

    def __init__(self, process: subprocess.Popen):
        self._process = process
        self._answers: queue.SimpleQueue[dict] = queue.SimpleQueue()
        self._order, self._armed = threading.Lock(), 0
        self.notes: list[dict] = []  # what it did, each with ``what`` and monotonic ``at``
        self._reader = threading.Thread(target=self._read, name="network", daemon=True)
        self._reader.start()

    @classmethod
    def start(cls, pairs: list[tuple[str, str]], within_s: float = FREE_WITHIN_S) -> "Proxy":
        """Listen on the first free address of ``(listen, target)`` pairs, each host:port.

        Raises ``CannotStart`` where all stay taken for ``within_s`` seconds.
        """
        try:
            return until(
                lambda: cls._try(pairs),
                within_s=within_s,
                what=f"one of the proxy's ports {', '.join(listen for listen, _ in pairs)}",
                every_s=LOOK_EVERY_S,
            )
        except BenchError as error:
            raise CannotStart(
                "The network proxy has no port to listen on",
                error.what,
                "Run with fewer workers, or end what listens there",
            ) from error

    @classmethod
    def _try(cls, pairs: list[tuple[str, str]]) -> "Proxy | None":
        words = [sys.executable, "-m", "testbed.network", *("=".join(pair) for pair in pairs)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        proxy = cls(subprocess.Popen(words, cwd=ROOT, text=True, **pipes))
        told = proxy._answer()
        if "error" in told:
            proxy.close()
            return None
        proxy.address = told["answer"]["listen"]
        return proxy

    def begin(self, fault: str, **how) -> dict:
        """Let a fault begin; raises ``BenchError`` while another one is on."""
        return self._ask("begin", fault=fault, **how)

    def heal(self) -> dict:
        """End the fault and disarm the triggers, if any; figures of what was bitten."""
        return self._ask("heal")

    def state(self) -> dict:
        """Figures of what the present fault has bitten, and the number of connections."""
        return self._ask("state")

    def arm(self, api: str, action: str, *, nth: int = 1, by_s: float = 0.0) -> int:
        """Let something happen to the n-th response from now on; the trigger's number."""
        if api not in API_KEYS:
            raise BenchError(f"Expected a Kafka request such as {', '.join(API_KEYS)}, got {api!r}")
        if action not in ACTIONS or nth < 1:
            raise BenchError(
                f"Expected an action of {', '.join(ACTIONS)} on response 1, 2, …",
                f"got {action!r} on {nth}",
            )
        self._armed += 1
        trigger = {"api_key": API_KEYS[api], "nth": nth, "action": action, "by_s": by_s}
        self._ask("arm", number=self._armed, **trigger)
        return self._armed

    def fired(self, trigger: int) -> dict | None:
        """The note of a trigger's firing, or None where it has not fired."""
        notes = (note for note in list(self.notes) if note["what"] == "fired")
        return next((note for note in notes if note["trigger"] == trigger), None)

    @property
    def transactional_ids(self) -> list[str]:
        """Under which names its clients work in transactions, as they introduced themselves."""
        notes = (note["name"] for note in list(self.notes) if note["what"] == "introduced")
        return list(dict.fromkeys(notes))

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it; all its connections end with it. May be called twice."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        with suppress(OSError):  # an order that never got through
            self._process.stdin.close()
        self._process.stdout.close()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_exc) -> None:
        self.close()

    def _ask(self, order: str, **facts) -> dict:
        with self._order:
            try:
                self._process.stdin.write(json.dumps({"order": order, **facts}) + "\n")
                self._process.stdin.flush()
            except OSError as error:
                raise self._gone() from error
            told = self._answer()
        if "error" in told:
            raise BenchError(f"The network proxy refused the order '{order}'", told["error"])
        return told["answer"]

    def _answer(self) -> dict:
        try:
            told = self._answers.get(timeout=ANSWER_WITHIN_S)
        except queue.Empty as error:
            raise BenchError(
                f"The network proxy did not answer within {ANSWER_WITHIN_S:g} s"
            ) from error
        if not told:
            raise self._gone()
        return told

    def _gone(self) -> BenchError:
        return BenchError(
            "The network proxy is gone", f"it ended with exit code {self._process.poll()}"
        )

    def _read(self) -> None:
        for line in self._process.stdout:
            told = json.loads(line)
            if "note" in told:
                self.notes.append(told["note"])
            else:
                self._answers.put(told)
        self._answers.put({})
