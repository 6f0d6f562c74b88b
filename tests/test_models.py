"""The models' cache: made once, mended where it is corrupt, clear where it cannot be made."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from testbed import caches, models
from testbed.errors import CannotStart

FILES = ("model.skops", "model.skops.sha256", "model.json",
         "model-narrow.skops", "model-narrow.skops.sha256", "model-narrow.json")  # fmt: skip


@pytest.fixture
def making(tmp_path, monkeypatch):
    """An empty cache, and a quick stand-in for the command; gives what it was asked."""
    asked = []

    def run(command, **options):
        asked.append(command)
        folder = Path(command[-1])
        folder.mkdir()
        for name in FILES:
            (folder / name).write_text(f"{name} as made")
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setenv(caches.VARIABLE, str(tmp_path))
    monkeypatch.setattr(models.subprocess, "run", run)
    return asked


def test_they_are_made_once(making):
    """By the reference's own command."""
    folder = models.ensure()
    assert models.ensure() == folder
    assert [command[:3] for command in making] == [[sys.executable, "-m", "consumer.model"]]
    assert models.narrow(folder).json.exists()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_corrupt_file_is_made_anew(making, name, harm):
    """Whichever file it is: a consumer that refuses it would be blamed for it."""
    path = models.ensure() / name
    if harm == "gone":
        path.unlink()
    else:
        path.write_text("" if harm == "cut" else f"{name} as mode")
    models.ensure()
    assert path.read_text() == f"{name} as made"
    assert len(making) == 2


def test_digests_that_make_no_sense_are_no_digests(making):
    """An empty list of files is not a whole cache."""
    folder = models.ensure()
    for text in ("{}", "not JSON", "[]"):
        (folder / models.DIGESTS).write_text(text)
        assert models.ensure() == folder
    assert len(making) == 4


def test_two_at_once_make_them_once(making):
    """And find each other's whole."""
    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(lambda _: models.ensure(), range(2)))) == 1
    assert len(making) == 1


def test_a_command_that_fails_is_told_with_its_words(making, monkeypatch):
    """And the way to see why; nothing half made is taken for a model."""
    said = subprocess.CompletedProcess([], 1, "", "No module named 'sklearn'")
    monkeypatch.setattr(models.subprocess, "run", lambda *_, **__: said)
    with pytest.raises(CannotStart, match="model could not be made") as caught:
        models.ensure()
    assert "No module named 'sklearn'" in caught.value.cause
    assert "python -m consumer.model" in caught.value.next_step


def test_a_command_that_hangs_is_ended(making, monkeypatch):
    """Within its limit."""

    def hang(command, timeout, **options):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(models.subprocess, "run", hang)
    with pytest.raises(CannotStart, match="model could not be made") as caught:
        models.ensure()
    assert "120 s" in caught.value.cause
