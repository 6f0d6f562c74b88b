"""Plain ``behave`` on the real project: what goes wrong is told once, and nothing stays behind.

Every process that it starts carries the test's own token, and its temporary files have a folder
of the test's own, so that what is left can be counted.
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from testbed.processes import TOKEN_VARIABLE, kill_marked, marked
from testbed.wait import until

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the tests send POSIX signals")
FEATURE = "features/broker_connectivity.feature"
SCORING = "features/end_to_end_flow.feature"
NEVER_JOINS = "-Dconsumer.command=sh -c 'echo idling; exec sleep 300'"
GONE_WITHIN_S = 10.0


class Run:
    """One plain behave with a folder for its reports and one for its temporary files."""

    def __init__(self, folder: Path):
        self.reports, self.temporary = folder / "reports", folder / "tmp"
        self.temporary.mkdir()
        self.token = f"tests-{secrets.token_hex(4)}"
        self._output = (folder / "output").open("w+")
        self.process: subprocess.Popen | None = None

    def start(self, *words: str, module: tuple[str, ...] = ("behave",)) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", *module, "-Dbroker=kafka", f"-Dreports={self.reports}", *words],
            cwd=ROOT,
            env=os.environ | {TOKEN_VARIABLE: self.token, "TMPDIR": str(self.temporary)},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def end(self, within_s: float = 90) -> tuple[int, str]:
        """Its exit code and output."""
        return self.process.wait(within_s), self.output

    @property
    def output(self) -> str:
        """What it has said so far."""
        return Path(self._output.name).read_text("utf-8")

    def data_folder(self) -> Path:
        """The broker's, once it runs: in memory where there is room, so outside of ours."""

        def told() -> Path | None:
            for path in self.temporary.rglob("server.properties"):
                found = re.search(r"^log\.dirs=(.+)$", path.read_text("utf-8"), re.MULTILINE)
                if found and len(marked(self.token)) > 1:
                    return Path(found[1])
            return None

        return until(told, within_s=60, what="the broker", describe=lambda: self.output)

    def await_log(self, words: str) -> None:
        """Wait until a consumer's log has these words."""
        until(
            lambda: any(words in path.read_text() for path in self.reports.glob("consumer-*.log")),
            within_s=60, what=f"{words!r} in a consumer's log", describe=lambda: self.output,
        )  # fmt: skip

    def nothing_left(self) -> bool:
        """Neither process nor temporary file."""
        return not marked(self.token) and not os.listdir(self.temporary)

    def close(self) -> None:
        """End what a failed test left."""
        kill_marked(self.token)
        if self.process:
            self.process.wait()
        self._output.close()


@pytest.fixture
def run(tmp_path):
    """A run that is not started yet."""
    made = Run(tmp_path)
    yield made
    made.close()


def test_a_run_that_passes_leaves_nothing(run):
    """Exit code 0, the broker's log kept."""
    run.start(FEATURE)
    data = run.data_folder()
    code, output = run.end()
    assert code == 0, output
    assert (run.reports / "kafka.log").exists()
    assert run.nothing_left()
    assert not data.exists()


STOPS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill-9"])


def stopped(run, number: int, data: Path) -> None:
    """The signal, and what must be true after it: the code, and nothing left in ten seconds."""
    run.process.send_signal(number)
    code, output = run.end(within_s=20)
    assert code == (1 if number == signal.SIGINT else -number), output
    assert "Traceback" not in output
    until(lambda: run.nothing_left() and not data.exists(), within_s=GONE_WITHIN_S,
          what="everything to be gone",
          describe=lambda: (marked(run.token), os.listdir(run.temporary)))  # fmt: skip


@STOPS
def test_it_is_stopped_while_the_broker_starts(run, number):
    """Nobody has registered anything with behave yet."""
    run.start(FEATURE)
    stopped(run, number, run.data_folder())


@STOPS
def test_it_is_stopped_in_the_middle_of_a_step(run, number):
    """The consumer goes too, and its log stays."""
    run.start(SCORING, NEVER_JOINS)
    data = run.data_folder()
    run.await_log("idling")
    stopped(run, number, data)
    assert list(run.reports.glob("consumer-*.log"))


def test_a_scenario_past_its_limit_is_ended(run):
    """An error of that scenario, with the name of the limit; the run goes on to its end."""
    run.start(SCORING, NEVER_JOINS, "-Dtimeout.scenario_s=1", "-Dtimeout.consumer_ready_s=200")
    code, output = run.end()
    assert code == 1
    assert "Expected the scenario to end within 1 s" in output
    assert "timeout.scenario_s" in output
    assert run.nothing_left()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-Dconsumer.command=no-such-program",), "'no-such-program' is not a program"),
        (("-Dconsumer.command=run {nowhere}",), "Unknown placeholder {nowhere}"),
        (("-Dbroker=external", "-Dbroker.bootstrap_servers=127.0.0.1:1", "-Dtimeout.admin_s=0.5"),
         "cluster at 127.0.0.1:1 does not answer"),
        (("-Dtimeout.broker_ready_s=0.1",), "failed to become ready within 0.1s"),
    ],
    ids=["no program", "no such placeholder", "unreachable", "never ready"],
)  # fmt: skip
def test_what_cannot_start_is_told_once(run, words, message):
    """One message with its next step, and no talk of an abort by somebody."""
    run.start(FEATURE, *words)
    code, output = run.end()
    assert code == 1
    assert output.count("[ERROR]") == 1
    assert message in output
    assert "ABORTED" not in output
    until(run.nothing_left, within_s=GONE_WITHIN_S, what="everything to be gone")


TAKEN = "-Dbroker.port={port}"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--consumer-command", "no-such-program"), 2, "'no-such-program' is not a program"),
        ((TAKEN,), 3, "is in use by another program"),
        (("-Dtimeout.broker_ready_s=0.1",), 3, "failed to become ready within 0.1s"),
        (("--broker", "external", "-Dbroker.bootstrap_servers=127.0.0.1:1",
          "-Dtimeout.admin_s=0.5"), 3, "cluster at 127.0.0.1:1 does not answer"),
    ],
    ids=["no program", "port in use", "never ready", "unreachable"],
)  # fmt: skip
def test_the_runner_tells_it_by_its_code(run, words, code, message):
    """One message with its next step; the reports say it too."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run.start(FEATURE, *(word.format(port=port) for word in words), module=("testbed", "run"))
        got, output = run.end()
    assert got == code, output
    assert output.count("[ERROR]") == 1
    assert message in output
    log = run.reports / "kafka_integration.log"
    assert message in log.read_text("utf-8")
    assert run.nothing_left()


@pytest.mark.parametrize(
    ("command", "messages"),
    [
        ("sh -c 'echo out of luck; exit 7'",
         ["Consumer process failed to start", "exit code 7", "out of luck"]),
        ("sh -c 'echo idling; exec sleep 300'",
         ["Consumer never became ready", "nobody in group", "subscribe", "idling"]),
    ],
    ids=["ends at once", "never joins"],
)  # fmt: skip
def test_a_consumer_that_does_not_start_is_told_by_the_runner(run, command, messages):
    """The code of a run without a verdict, the consumer's last words, its log kept."""
    limits = ("-Dtimeout.consumer_ready_s=1", "-Dconsumer.session_timeout_s=0")
    words = ("--consumer-command", command, *limits, SCORING, "--stop")
    run.start(*words, module=("testbed", "run"))
    code, output = run.end()
    assert code == 4, output
    for message in messages:
        assert message in output
    assert "got no verdict" in output
    assert list(run.reports.glob("consumer-*.log"))
    assert (run.reports / "kafka.log").exists()
    assert run.nothing_left()
