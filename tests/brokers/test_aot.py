"""The JVM's start-up cache: used where it is, made where it is not, dropped where it is bad."""

import threading
from dataclasses import replace

import pytest

from testbed.brokers import aot, jars, java, training
from testbed.brokers.installation import Installation
from testbed.caches import VARIABLE, try_lock
from testbed.errors import BenchError

JAVA = java.find()
OLD = replace(JAVA, version="21.0.1")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))


@pytest.fixture
def begin(tmp_path, monkeypatch):
    """Begins a training whose broker is the given function of the JVM's options."""

    def begin(run=lambda options: None, on=JAVA):
        monkeypatch.setattr(training.Training, "_run", lambda self, options: run(options))
        return training.Training.begin(Installation(on, []), tmp_path / "training", None)

    return begin


def test_it_is_used_where_it_is():
    """Only by a Java that knows such caches."""
    assert aot.options(JAVA) == []
    aot.path(JAVA).write_bytes(b"cache")
    aot.path(OLD).write_bytes(b"cache")
    assert aot.options(JAVA) == [f"-XX:AOTCache={aot.path(JAVA)}"]
    assert aot.options(OLD) == []


def test_its_name_tells_kafka_and_java():
    """Another build has another cache; the same build has the same one wherever it stands."""
    assert jars.kafka_version() in aot.path(JAVA).name
    assert JAVA.version in aot.path(JAVA).name
    assert aot.path(replace(JAVA, identity="another build")) != aot.path(JAVA)
    assert aot.path(replace(JAVA, path=JAVA.path.parent)) == aot.path(JAVA)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("[0.01s][error][aot] The AOT cache was created by a different version", True),
        ("An error has occurred while processing the AOT cache. Run with -Xlog:aot", True),
        ("[0.07s][warning][aot ] Failed to link AdapterHandlerEntry", False),
        ("", False),
    ],
)
def test_a_refusal_is_read_from_the_log(tmp_path, line, refused):
    log = tmp_path / "kafka.log"
    log.write_text(f"{line}\nKafka Server started\n", "utf-8")
    assert aot.was_refused(log) is refused
    assert not aot.was_refused(tmp_path / "missing")


def test_a_training_leaves_the_cache(begin, tmp_path):
    def run(options):
        (tmp_path / "training").mkdir()
        (tmp_path / "training" / "made.aot").write_bytes(b"cache")
        assert options == [f"-XX:AOTCacheOutput={tmp_path / 'training' / 'made.aot'}"]

    begin(run).wait(5)
    assert aot.path(JAVA).read_bytes() == b"cache"
    assert begin(run) is None, "it is there"


def test_a_training_that_fails_leaves_nothing(begin):
    """And the next one may begin."""

    def run(options):
        raise BenchError("no")

    begin(run).wait(5)
    assert not aot.path(JAVA).exists()
    assert begin(run) is not None


def test_nobody_trains_twice_at_once(begin):
    lock = try_lock(aot.path(JAVA))
    assert begin() is None
    lock.release()
    assert begin() is not None


def test_an_old_java_is_not_trained(begin):
    assert begin(on=OLD) is None


def test_a_training_can_be_cancelled(begin, tmp_path):
    """What it made half is not taken for a cache."""
    going, ended = threading.Event(), threading.Event()

    def run(options):
        (tmp_path / "training").mkdir()
        (tmp_path / "training" / "made.aot").write_bytes(b"half")
        going.set()
        ended.wait(5)

    one = begin(run)
    assert going.wait(5)
    one._node.kill = ended.set
    one.cancel()
    assert not one.running
    assert not aot.path(JAVA).exists()
