"""A cache of one's own, and a broker that harms nobody else's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from testbed import caches
from testbed.brokers import jars
from testbed.brokers.kafka import KafkaBroker
from testbed.brokers.training import Training
from testbed.limits import Limits
from testbed.options import Options


@pytest.fixture
def own_cache(tmp_path, monkeypatch) -> Path:
    """An empty cache but for the jars, which are links; nothing is trained for it."""
    real = {jar.file: path for jar, path in zip(jars.locked_jars(), jars.ensure(), strict=True)}
    cache = tmp_path / "cache"
    monkeypatch.setenv(caches.VARIABLE, str(cache))
    monkeypatch.setattr(Training, "begin", classmethod(lambda *_: None))
    jars.folder().mkdir(parents=True)
    for name, path in real.items():
        (jars.folder() / name).symlink_to(path)
    return cache


@pytest.fixture
def said() -> list[str]:
    """What a broker told the person at the terminal."""
    return []


@pytest.fixture
def make_broker(tmp_path, guardian, said) -> Iterator[Callable[..., KafkaBroker]]:
    """Makes brokers that are stopped at the end of the test."""
    made: list[KafkaBroker] = []

    def make(**options) -> KafkaBroker:
        reports = tmp_path / "reports"
        patient = {"limits": Limits(broker_ready_s=110.0)}  # tests may share a busy machine
        chosen = Options(broker="kafka", reports=reports, **(patient | options))
        made.append(KafkaBroker(chosen, tmp_path / f"run{len(made)}", guardian, said.append))
        return made[-1]

    yield make
    for broker in made:
        broker.stop()
