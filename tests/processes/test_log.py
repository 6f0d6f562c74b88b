"""No secret of the suite's stands in a child's log."""

import sys

import pytest

from testbed.processes import spawn
from testbed.processes.log import Veil

SECRETS = (b"canary-4711", b"canary-47", b"Y2FuYXJ5LTQ3MTE=")


def veiled(text: bytes, size: int) -> bytes:
    veil = Veil(SECRETS)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return b"".join(map(veil.take, pieces)) + veil.rest()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 11, 12, 1000])
def test_a_secret_is_blanked_out_wherever_the_stream_is_cut(size):
    text = b"a canary-4711 b Y2FuYXJ5LTQ3MTE= canary-4 can canary-4711canary-4711 canary-46 ca"
    assert veiled(text, size) == b"a *** b *** canary-4 can ****** canary-46 ca"


def test_what_is_no_secret_is_shown_at_once():
    assert Veil(SECRETS).take(b"an ordinary line\n") == b"an ordinary line\n"


def test_without_secrets_nothing_is_held_back():
    assert Veil(()).take(b"canary-47") == b"canary-47"


def test_a_process_that_tells_a_secret_leaves_none_in_its_log(tmp_path):
    """In two halves, to be sure."""
    code = "import sys; print('so: canary-', end='', flush=True); print('4711, and 4711')"
    child = spawn([sys.executable, "-c", code], log=tmp_path / "log", secrets=SECRETS)
    assert child.wait(20) == 0
    assert (tmp_path / "log").read_text() == "so: ***, and 4711\n"
