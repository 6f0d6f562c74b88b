"""What a bench takes down, whatever goes wrong on the way."""

import os
from pathlib import Path

import pytest

from testbed import bench, models
from testbed.bench import Bench
from testbed.brokers.protocol import Handover
from testbed.errors import BenchError, CannotStart, UsageError
from testbed.options import Options


class Broker:
    """One that runs nowhere."""

    handover = Handover(kind="kafka", bootstrap_servers="127.0.0.1:1")

    def __init__(self, trouble: Exception | None):
        self._trouble, self.stopped = trouble, 0

    def start(self) -> Handover:
        return self.handover

    def stop(self) -> None:
        self.stopped += 1

    def save_logs(self, target: Path) -> None:
        if self._trouble:
            raise self._trouble
        target.write_text("its words")


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A bench over such a broker, and what it said."""
    monkeypatch.delenv(bench.HANDOVER, raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(bench.tempfile, "tempdir", None)
    monkeypatch.setattr(models, "ensure", lambda: tmp_path)
    (tmp_path / "tmp").mkdir()
    said: list[str] = []

    def open_bench(trouble: Exception | None = None) -> tuple[Bench, Broker, list[str]]:
        broker = Broker(trouble)
        monkeypatch.setattr(bench, "choose", lambda *_: broker)
        return Bench(Options(reports=tmp_path), said.append), broker, said

    return open_bench


@pytest.mark.parametrize("trouble", [BenchError("The log is gone"), OSError("disk full")])
def test_a_log_that_cannot_be_kept_holds_nothing_up(opened, tmp_path, trouble):
    """The broker is stopped all the same, the folder goes, and the reason is told."""
    one, broker, said = opened(trouble)
    one.close()
    assert broker.stopped == 1
    assert os.listdir(tmp_path / "tmp") == []
    assert str(trouble) in said[-1]


def test_the_log_is_kept(opened, tmp_path):
    """Under the broker's name."""
    one, broker, said = opened()
    one.close()
    assert (tmp_path / "kafka.log").read_text() == "its words"
    assert (broker.stopped, said) == (1, [])


def test_models_that_cannot_be_made_take_the_broker_down_again(opened, tmp_path, monkeypatch):
    """Both begin side by side."""

    def refuse():
        raise CannotStart("The model could not be made")

    monkeypatch.setattr(models, "ensure", refuse)
    with pytest.raises(CannotStart, match="model could not be made"):
        opened()
    assert (tmp_path / "kafka.log").exists()
    assert os.listdir(tmp_path / "tmp") == []


def test_a_wrong_command_starts_nothing(tmp_path, monkeypatch):
    """Neither a guardian nor a folder."""
    monkeypatch.setattr(bench.Guardian, "start", lambda token: pytest.fail("started"))
    with pytest.raises(UsageError, match="is not a program"):
        Bench(Options(consumer_command="no-such-program", reports=tmp_path))


def test_a_spare_is_made_once_and_goes_with_its_bench(opened, monkeypatch):
    """Always an embedded broker, on a port of its own, whatever the run was asked for."""
    one, broker, _ = opened()
    asked = []
    monkeypatch.setattr(bench, "choose", lambda options, *_: asked.append(options) or broker)
    assert one.spare() is one.spare()
    assert [(options.broker, options.port, options.keep) for options in asked] == [
        ("kafka", 0, False)
    ]
    spare_folder = one.spare().folder
    one.close()
    assert broker.stopped == 2
    assert not spare_folder.exists()


def test_a_guarded_one_has_a_guard_and_files_of_its_own(opened, monkeypatch):
    """Beside a spare, and gone with its bench."""
    one, broker, _ = opened()
    asked = []
    monkeypatch.setattr(bench, "choose", lambda *_: broker)
    monkeypatch.setattr(bench, "KafkaBroker", lambda *_, **how: asked.append(how) or broker)
    guarded = one.guarded()
    assert one.guarded() is guarded is not one.spare()
    assert asked[0]["guard"] is guarded.trust.guard
    authority = guarded.trust.authority
    assert authority.is_relative_to(guarded.folder)
    one.close()
    assert broker.stopped == 3
    assert not authority.exists()


def test_a_cluster_is_made_when_first_asked_for(opened, monkeypatch):
    """Once, and it goes with its bench."""
    one, broker, _ = opened()
    asked = []
    monkeypatch.setattr(bench, "KafkaCluster", lambda options, *_: asked.append(options) or broker)
    assert asked == []
    assert one.clustered() is one.clustered() is not one
    assert [options.keep for options in asked] == [False]
    one.close()
    assert broker.stopped == 2


def test_a_broker_that_was_handed_over_is_left_running(opened, tmp_path, monkeypatch):
    """Its owner stops it."""
    one, broker, _ = opened()
    one.close()
    monkeypatch.setattr(bench, "attach", lambda _: broker)
    file = tmp_path / "handover.json"
    file.write_text('{"kind": "kafka", "bootstrap_servers": "127.0.0.1:1"}')
    Bench(Options(reports=tmp_path), print, handover=str(file)).close()
    assert broker.stopped == 1  # by the one that had started it


@pytest.mark.parametrize(
    ("rate_per_s", "load", "backlog"),
    [(None, 5000, 5000), (10_000.0, 5000, 5000), (30.0, 600, 1500), (5.0, 200, 300)],
)
def test_a_backlog_spans_full_batches_unless_the_consumer_is_very_slow(
    opened, rate_per_s, load, backlog
):
    """A slow consumer meets fewer events, but what shows at a full batch's edge still shows."""
    found, _, _ = opened()
    found.rate_per_s = rate_per_s
    assert (found.volume(5000), found.backlog(5000)) == (load, backlog)
    found.close()
