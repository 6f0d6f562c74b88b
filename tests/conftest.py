"""What tests of several folders need."""

import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed.brokers import KafkaBroker
from testbed.brokers.protocol import Handover
from testbed.guardian import Guardian
from testbed.options import Options


def pytest_configure() -> None:
    """A shell's background job ignores Ctrl-C, and so would all that the tests start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def guardian() -> Iterator[Guardian]:
    """Cleans up what a test session that is killed leaves behind."""
    guardian = Guardian.start(f"tests-{secrets.token_hex(4)}")
    yield guardian
    guardian.close()


@pytest.fixture(scope="session")
def embedded(guardian, tmp_path_factory) -> Iterator[KafkaBroker]:
    """A running embedded broker with its capabilities; whoever harms it mends it."""
    folder: Path = tmp_path_factory.mktemp("broker")
    broker = KafkaBroker(Options(broker="kafka", reports=folder), folder, guardian, print)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def broker(embedded) -> Handover:
    """How the session's embedded broker is reached; each test has topics of its own."""
    return embedded.handover
