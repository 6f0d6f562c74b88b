"""The runner as a program of its own, over a broker that is no more than a sleeping process.

``python drive.py TROUBLE SILENCE_S ARGS...``: ``TROUBLE`` is none, dies, silent, slow
(STEP 1), unready (STEP 2) or report (the page is never done).
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from testbed import brokers
from testbed.__main__ import main
from testbed.brokers.protocol import Handover
from testbed.errors import CannotStart, NotReached
from testbed.processes import spawn
from testbed.reporting import html
from testbed.runner import suite


class FakeBroker:
    """Starts, waits, stops and leaves marks in the reports, as a real one does."""

    def __init__(self, trouble, options, guardian, say):
        self._trouble, self._guardian, self._say = trouble, guardian, say
        self._marks = options.reports / "broker-marks"
        self._process = None

    def start(self):
        self._say("The choice of a broker and why")
        code = "import time; time.sleep(300)"
        self._process = spawn([sys.executable, "-c", code], token=self._guardian.token)
        self._mark(f"started {self._process.pid}")
        if self._trouble == "dies":
            raise CannotStart("The broker ended by itself", "out of luck", "Try again")
        if self._trouble == "silent":
            raise NotReached("Expected an answer within 60 s")
        if self._trouble == "unready":
            self._say("Fake broker started")
        if self._trouble in ("slow", "unready"):
            time.sleep(60)
        return self.handover

    @property
    def handover(self):
        return Handover(
            kind="kafka", bootstrap_servers="127.0.0.1:1", name="Fake broker", ready_s=0.25
        )

    def save_logs(self, target: Path):
        target.write_text("the broker's words\n")

    def stop(self):
        self._process.kill()
        self._mark("stopped")

    def _mark(self, text):
        with self._marks.open("a") as file:
            file.write(text + "\n")


def build(reports, limits, say, finish):
    """The page: a program that writes temporary files, as Node does; other tests build it."""
    if wanted != "report":
        return
    code = "import tempfile, time; tempfile.mkdtemp(); print(flush=True); time.sleep(300)"
    with tempfile.TemporaryDirectory():
        page = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        try:
            page.stdout.readline()
            (reports / "page").write_text(str(page.pid))
            page.wait()
        finally:
            page.kill()


if __name__ == "__main__":
    wanted, silence_s, *words = sys.argv[1:]
    suite.SILENCE_MARGIN_S = float(silence_s)
    html.build = build
    brokers.choose = lambda options, folder, guardian, say: FakeBroker(
        wanted, options, guardian, say
    )
    sys.exit(main(["run", *words]))
