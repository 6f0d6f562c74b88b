"""The model files that consumers score with, made once by the reference's own command."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from testbed.caches import cache_dir
from testbed.errors import CannotStart

ROOT = Path(__file__).resolve().parents[1]
MAKE_WITHIN_S = 120.0  # scikit-learn's import on a cold disk takes most of it
_MADE_BY = ("model", "features", "forest")  # modules of the consumer that shape the files


@dataclass(frozen=True)
class ModelFiles:
    """One model in both forms: the stored scikit-learn pipeline, and documented JSON."""

    skops: Path
    json: Path


def standard(folder: Path) -> ModelFiles:
    """The model that every scenario uses unless it says otherwise."""
    return ModelFiles(folder / "model.skops", folder / "model.json")


def narrow(folder: Path) -> ModelFiles:
    """A model that knows one category less, so that some valid events cannot be scored."""
    return ModelFiles(folder / "model-narrow.skops", folder / "model-narrow.json")


def ensure() -> Path:
    """The folder with both models; made where the cache has none for this code and library.

    Raises ``CannotStart`` with what the command said if the models cannot be made.
    """
    folder = cache_dir("models") / _key()
    if (folder / "model-narrow.json").exists():
        return folder
    partial = folder.with_name(f"{folder.name}.{os.getpid()}")
    command = [sys.executable, "-m", "consumer.model", "--output", str(partial)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=MAKE_WITHIN_S, check=False
    )
    if done.returncode:
        raise CannotStart(
            "The model could not be made",
            done.stderr.strip() or f"exit code {done.returncode}",
            "Run `python -m consumer.model --output DIR` by hand to see why",
        )
    _install(partial, folder)
    return folder


def _install(partial: Path, folder: Path) -> None:
    try:
        partial.rename(folder)
    except OSError:
        if not folder.exists():  # else another run was first, and its files are as good
            raise


def _key() -> str:
    digest = hashlib.sha256()
    for library in ("scikit-learn", "skops", "numpy"):
        digest.update(f"{library}={version(library)};".encode())
    for source in sorted((ROOT / "consumer").glob("*.py")):
        if source.stem.startswith(_MADE_BY):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
