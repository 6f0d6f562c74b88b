"""The proof over the tests' broker."""

import msgspec
import pytest
from msgspec.structs import replace

from testbed.proof.running import Proving


@pytest.fixture
def proving(broker, guardian, tmp_path) -> Proving:
    """Runs over the broker of the tests, which no scenario may harm."""
    handover = tmp_path / "handover.json"
    handover.write_bytes(msgspec.json.encode(replace(broker, kind="external", owned=False)))
    return Proving(tmp_path, handover, guardian.token)
