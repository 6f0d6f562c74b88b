"""Trouble that the bench has made and cannot undo: its own error, exit code 4, nothing left."""

import json
import os
import sys
import time

import pytest

from testbed.processes import marked
from testbed.wait import until
from tests.test_plain_behave import GONE_WITHIN_S, Run

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="the tests send POSIX signals"),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
NODES = 2  # the run's broker, and the one that is broken
NO_BROKER = [sys.executable, "-c", "raise SystemExit('no broker today')"]
IMPATIENT = ("-Dtimeout.first_answer_s=5", "-Dtimeout.stalled_s=3", "-Dtimeout.fault_bites_s=5")


@pytest.fixture
def run(tmp_path):
    """A run that is not started yet."""
    made = Run(tmp_path)
    yield made
    made.close()


def expect_no_verdict(run, message: str) -> None:
    """The run says what happened, and nothing about the consumer."""
    code, output = run.end(within_s=200)
    assert code == 4, output
    assert message in output
    assert " FAILED" not in output
    until(run.nothing_left, within_s=GONE_WITHIN_S, what="everything to be gone",
          describe=lambda: (marked(run.token), os.listdir(run.temporary)))  # fmt: skip


def test_a_broker_that_does_not_come_back(run):
    """Its process ends at each start."""
    words = ("features/broker_outages.feature", "-n", "The broker is restarted")
    run.start(*words, "-Dtimeout.publish_s=5", module=("testbed", "run"))
    started = lambda: list(run.temporary.rglob("process.json"))  # noqa: E731
    until(lambda: len(started()) == NODES, within_s=90, what="both brokers to be started",
          describe=lambda: run.output)  # fmt: skip
    for node in started():
        launch = node.with_name("launch.json")
        launch.write_text(json.dumps(json.loads(launch.read_text()) | {"args": NO_BROKER}))
    expect_no_verdict(run, "The embedded broker ended by itself")


def test_a_network_that_does_not_answer_any_more(run):
    """Nothing gets through it, and the service is not blamed for what it could not do."""
    words = ("features/network_faults.feature", "-n", "A slow network", *IMPATIENT)
    run.start(*words, module=("testbed", "run"))
    run.await_log("partitions assigned")
    proxies = [one for one in marked(run.token) if "testbed.network" in one.cmdline()]
    assert len(proxies) == 1
    proxies[0].suspend()
    begun = time.monotonic()
    expect_no_verdict(run, "The network proxy did not answer")
    assert time.monotonic() - begun < 120
