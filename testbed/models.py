"""The model files that consumers score with, made once by the reference's own command."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from testbed.caches import cache_dir, locked, unusable
from testbed.errors import CannotStart

ROOT = Path(__file__).resolve().parents[1]
MAKE_WITHIN_S = 120.0  # scikit-learn's import on a cold disk takes most of it
DIGESTS = "digests.json"
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

    Files that are not what was made are made anew: a consumer would be blamed for them.
    Raises ``CannotStart`` with what the command said if the models cannot be made.
    """
    folder = cache_dir("models") / _key()
    if not _is_whole(folder):
        with locked(folder, MAKE_WITHIN_S):
            if not _is_whole(folder):  # else another run has made them meanwhile
                _make(folder)
    return folder


def _make(folder: Path) -> None:
    partial = folder.with_name(f"{folder.name}.{os.getpid()}")
    trouble = _run_command(partial)
    if trouble:
        raise CannotStart(
            "The model could not be made",
            trouble,
            "Run `python -m consumer.model --output DIR` by hand to see why",
        )
    try:
        (partial / DIGESTS).write_text(json.dumps(_digests(partial)), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except OSError as error:
        raise unusable(folder.parent, error) from error


def _run_command(output: Path) -> str:
    """What went wrong, if anything did."""
    command = [sys.executable, "-m", "consumer.model", "--output", str(output)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=MAKE_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it takes more than {MAKE_WITHIN_S:g} s"
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def _is_whole(folder: Path) -> bool:
    try:
        told = json.loads((folder / DIGESTS).read_text("utf-8"))
        return bool(told) and told == _digests(folder)
    except (OSError, ValueError):
        return False


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != DIGESTS
    }


def _key() -> str:
    digest = hashlib.sha256()
    for library in ("scikit-learn", "skops", "numpy"):
        digest.update(f"{library}={version(library)};".encode())
    sources = [one for one in (ROOT / "consumer").glob("*.py") if one.stem.startswith(_MADE_BY)]
    for source in (*sorted(sources), Path(__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
