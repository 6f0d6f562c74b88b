"""What the reference consumer refuses at its start: its code, and one line why."""

import hashlib
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from harness import WITHIN_S

from testbed import models

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "127.0.0.1:9"


@pytest.fixture
def model(tmp_path) -> Path:
    """A copy of the standard model, with its digest, to be harmed."""
    made = models.standard(models.ensure()).skops
    for path in (made, Path(f"{made}.sha256")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path / made.name


def refused(model: Path, *flags: str) -> tuple[int, str]:
    """Exit code, and the one line that it says as an error."""
    names = ("input-topic", "output-topic", "deadletter-topic", "group-id")
    words = [word for name in names for word in (f"--{name}", name)]
    words += ["--bootstrap-servers", NOBODY, "--model-path", str(model), *flags]
    done = subprocess.run(
        [sys.executable, "-m", "consumer", *words],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    errors = [line for line in done.stderr.splitlines() if " level=error " in line]
    assert len(errors) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.returncode, errors[0]


def test_a_metrics_port_that_is_taken(model):
    """The default one: with the port, and two ways out."""
    with socket.socket() as other:
        try:
            other.bind(("0.0.0.0", 8000))
            other.listen()
        except OSError:
            pass  # somebody of this machine has it, which does as well
        code, line = refused(model)
    assert code == 3
    assert "metrics port 8000 cannot be opened" in line
    assert "stop the other process or choose another --metrics-port" in line


def test_a_corrupt_model(model):
    """One byte in the middle, the digest as it was."""
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(data)
    code, line = refused(model, "--metrics-port", "0")
    assert code == 4
    assert f"of {model}, got " in line
    assert "restore the file" in line


@pytest.mark.parametrize("content", [b"PK\x03\x04 and no archive", b"\x80\x04K\x00."])
def test_a_foreign_file_with_a_digest_that_fits(pipeline, model, content):
    """Half an archive, or a pickle: whoever pinned it, it is no model."""
    model.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    line = pipeline()  # it is read while the group is joined
    process = line.start("--model-sha256", digest, model_path=str(model))
    assert process.wait(WITHIN_S) == 4
    said = line.log().read_text("utf-8").splitlines()[-1]
    assert "expected a scikit-learn pipeline stored with skops" in said


def test_a_broker_that_nobody_runs(model):
    """Within the time that it was given."""
    code, line = refused(model, "--metrics-port", "0", "--start-timeout", "1")
    assert code == 3
    assert "broker unreachable" in line
    assert "check --bootstrap-servers" in line
