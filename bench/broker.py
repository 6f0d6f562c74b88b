"""The embedded broker that a measurement runs on."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testbed.brokers import KafkaBroker
from testbed.guardian import Guardian
from testbed.limits import Limits
from testbed.options import Options

LIMITS = Limits(broker_ready_s=300.0)  # a busy machine is no reason to measure nothing


@contextmanager
def broker() -> Iterator[str]:
    """The servers of a broker that is gone afterwards, even if this process is killed."""
    guardian = Guardian.start(f"bench-{secrets.token_hex(4)}")
    with tempfile.TemporaryDirectory() as folder:
        options = Options(broker="kafka", limits=LIMITS)
        own = KafkaBroker(options, Path(folder), guardian, lambda line: None)
        try:
            yield own.start().bootstrap_servers
        finally:
            own.stop()
            guardian.close()
