"""What can keep the embedded broker from starting: one clear message each, nothing left behind."""

import os
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from testbed.brokers import aot, jars, java, kafka, settings, storage
from testbed.brokers.ended import Ended
from testbed.brokers.running import RunningKafka
from testbed.errors import CannotStart, UsageError
from testbed.limits import Limits
from testbed.wait import until

Usage = namedtuple("Usage", "total used free")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def refused(make_broker, tmp_path):
    """Starts a broker that cannot start; gives the error, with nothing left of the broker."""

    def start(**options) -> CannotStart:
        broker = make_broker(**options)
        with pytest.raises(CannotStart) as caught:
            broker.start()
        mine = [p for p in psutil.process_iter(["cmdline"]) if _names(p, tmp_path)]
        assert mine == []
        assert broker._data is None
        assert caught.value.next_step
        return caught.value

    return start


def _names(process: psutil.Process, folder: Path) -> bool:
    return any(str(folder) in word for word in process.info["cmdline"] or ())


def test_a_port_in_use_is_refused_with_its_listener(refused):
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        port = foreign.getsockname()[1]
        error = refused(port=port)
    assert error.what == f"Port {port} is in use by another program"
    assert f"(pid {os.getpid()}) listens" in error.cause


def test_a_full_disk_is_named(refused, monkeypatch):
    """Neither memory nor disk has room for the data."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 5 * 1024 * 1024))
    error = refused()
    assert error.what == "No disk space for the embedded broker's data"
    assert "expected 512 MB free" in error.cause
    assert "got 5 MB" in error.cause


def test_a_disk_that_fills_up_meanwhile_is_named(refused, monkeypatch):
    """Nothing is mended or tried again for it: the caches are not to blame."""
    tries = []

    def ended(node, servers, within_s):
        tries.append(servers)
        raise Ended("The embedded broker ended by itself", "IOException: No space left on device")

    monkeypatch.setattr(kafka, "await_ready", ended)
    monkeypatch.setattr(storage, "drop_formatted", lambda: pytest.fail("dropped"))
    error = refused()
    assert error.what == "No disk space for the embedded broker"
    assert "No space left on device" in error.cause
    assert len(tries) == 1


def test_a_cache_without_permission_is_named(refused, monkeypatch):
    """/proc refuses even an administrator."""
    monkeypatch.setenv("CHURN_TESTBED_CACHE", "/proc/cache")
    error = refused()
    assert "/proc/cache" in error.what
    assert "CHURN_TESTBED_CACHE" in error.next_step


def test_jars_that_cannot_be_reached_are_named(refused, tmp_path, monkeypatch):
    """The first time, without a network, and without Maven's own store."""
    monkeypatch.setenv("CHURN_TESTBED_CACHE", str(tmp_path / "empty"))
    monkeypatch.setenv("M2_REPO", str(tmp_path / "no-maven"))
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    error = refused()
    assert error.what.startswith("Cannot fetch ")
    assert "ProxyError" in error.cause
    assert "Connect this machine once" in error.next_step
    assert list((tmp_path / "empty" / "kafka").glob("fetching-*")) == []


def test_a_jar_that_is_not_the_locked_one_is_refused(tmp_path, monkeypatch):
    """Wherever it came from."""
    wrong = tmp_path / "wrong.jar"
    wrong.write_bytes(b"not a jar")
    monkeypatch.setattr(jars, "_resolve", lambda maven, jar: wrong)
    with pytest.raises(CannotStart, match="is not the file that this project was locked to"):
        jars._fetch(jars.locked_jars()[0], tmp_path, [None])
    assert list(tmp_path.iterdir()) == [wrong]


def damage_a_jar(tmp_path, monkeypatch):
    """The right size, the wrong bytes; Maven's own store has a good one."""
    jar = next(jar for jar in jars.locked_jars() if jar.artifact == "kafka-server")
    path = jars.folder() / jar.file
    store = tmp_path / "maven" / jar.group.replace(".", "/") / jar.artifact / jar.version
    store.mkdir(parents=True)
    path.rename(store / jar.file)
    monkeypatch.setenv("M2_REPO", str(tmp_path / "maven"))
    path.write_bytes(bytes(jar.size))
    return lambda: jar.is_whole(path)


def test_a_corrupt_jar_is_fetched_anew(own_cache, make_broker, said, tmp_path, monkeypatch):
    """By itself, in the same start."""
    is_mended = damage_a_jar(tmp_path, monkeypatch)
    assert not is_mended()
    make_broker().start()
    assert is_mended()
    assert any("checking what is kept" in line for line in said)


def test_a_start_up_cache_that_does_not_load_is_dropped(own_cache, make_broker, said):
    """The broker starts all the same, and says why it will be slower this once."""
    aot.path(java.find()).write_bytes(b"no cache at all" * 1000)
    make_broker().start()
    assert any("start-up cache does not fit" in line for line in said)
    assert not aot.path(java.find()).exists()


def test_a_broker_that_dies_at_its_start_shows_its_last_words(refused, monkeypatch, tmp_path):
    """After everything that could be mended was."""
    monkeypatch.setattr(storage, "drop_formatted", lambda: None)
    monkeypatch.setattr(aot, "drop", lambda _: None)
    monkeypatch.setitem(settings.FIXED, "num.io.threads", "none")
    error = refused()
    assert error.what == "The embedded broker ended by itself"
    assert "Invalid value none for configuration num.io.threads" in error.cause
    assert "num.io.threads" in (tmp_path / "reports" / "kafka.log").read_text("utf-8")


def test_a_broker_that_does_not_become_ready_is_ended(refused, tmp_path):
    error = refused(limits=Limits(broker_ready_s=0.2))
    assert error.what == "Kafka broker failed to become ready within 0.2s"
    assert "timeout.broker_ready_s" in error.next_step
    assert (tmp_path / "reports" / "kafka.log").exists()


def test_a_java_that_is_none_is_a_usage_error(make_broker, tmp_path):
    with pytest.raises(UsageError, match=r"Expected broker\.java to be a Java or its home"):
        make_broker(java=str(tmp_path)).start()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'openjdk version \"11.0.2\"' >&2", "Expected Java 17 or newer .* got 11.0.2"),
        ("exit 1", "does not tell a Java version"),
    ],
)
def test_a_java_that_will_not_do_is_refused(tmp_path, script, said):
    fake = tmp_path / "java"
    fake.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    fake.chmod(0o755)
    with pytest.raises(CannotStart, match=said):
        java.find(str(fake))


def test_a_missing_system_java_is_named(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CannotStart, match="Expected a Java on this machine"):
        java.find("system")


def test_a_broker_that_does_not_come_back_is_told(embedded, monkeypatch):
    """Not ready within the limit, after a restart."""
    monkeypatch.setattr(embedded, "_limits", Limits(broker_ready_s=0.01))
    with pytest.raises(CannotStart, match=r"failed to become ready within 0\.01s"):
        embedded.restart()
    monkeypatch.undo()
    RunningKafka.restart(embedded)


OWNER = """
import sys, tempfile, time
from pathlib import Path
from testbed.brokers import KafkaBroker
from testbed.guardian import Guardian
from testbed.options import Options
guardian = Guardian.start("tests-" + sys.argv[2])
broker = KafkaBroker(Options(), Path(sys.argv[1]), guardian, lambda line: None)
print(broker.start().pid, broker._data, flush=True)
sys.stdin.read()
"""


def test_it_goes_with_a_run_that_was_killed(tmp_path):
    """Process and data, within ten seconds of a SIGKILL."""
    words = [sys.executable, "-c", OWNER, str(tmp_path), str(os.getpid())]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=ROOT, **pipes) as run:
        pid, data = run.stdout.readline().split()
        run.kill()
        run.stdin.close()
    gone = lambda: not psutil.pid_exists(int(pid)) and not Path(data).exists()  # noqa: E731
    until(gone, within_s=10, what="broker and data to be gone")
