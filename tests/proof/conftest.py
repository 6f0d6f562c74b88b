"""The quick subset of the proof, run once over the tests' broker."""

import msgspec
import pytest
from msgspec.structs import replace

from testbed.proof import consumers
from testbed.proof.cli import in_parallel
from testbed.proof.judging import Row
from testbed.proof.running import Proving

JOBS = 2


@pytest.fixture(scope="session")
def proving(broker, guardian, tmp_path_factory) -> Proving:
    """Runs over the broker of the tests, which no scenario may harm."""
    folder = tmp_path_factory.mktemp("proof")
    handover = folder / "handover.json"
    handover.write_bytes(msgspec.json.encode(replace(broker, kind="external", owned=False)))
    return Proving(folder, handover, guardian.token)


@pytest.fixture(scope="session")
def rows(proving) -> dict[str, Row]:
    """The row of each quick saboteur, and of an honest consumer declared as one of them."""
    quick = [one for one in consumers.saboteurs() if one.quick]
    work = [lambda one=one: proving.saboteur(one) for one in quick]
    return {row.name: row for row in in_parallel(work, JOBS)}
