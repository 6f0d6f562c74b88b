"""Finds, checks and loads a stored model; nothing of the file is read before its digest fits."""

import hashlib
import logging
import re
from pathlib import Path

from consumer.errors import ModelRefused
from consumer.forest import Parts
from consumer.skops_file import Unreadable
from consumer.stored_forest import parts_in

log = logging.getLogger(__name__)

# Types that skops does not trust by itself. A tree's raw indices are not checked when it is
# loaded, which is why the digest is: whoever can write the digest is trusted with the tree.
TRUSTED = ["sklearn.tree._tree.Tree"]
_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch


def checked(path: Path, pinned: str | None) -> tuple[bytes, str]:
    """The file's bytes and their SHA-256, which must be ``pinned`` or in ``<path>.sha256``.

    Raises ``ModelRefused`` if the file or the digest is missing, or they do not fit.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelRefused(
            f"model refused: expected a file at {path}, got {error.strerror}; "
            "make one with `python -m consumer.model --output DIR`"
        ) from error
    expected = _expected(path, pinned)
    digest = hashlib.sha256(data).hexdigest()
    if digest != expected:
        raise ModelRefused(
            f"model refused: expected SHA-256 {expected} of {path}, got {digest}; "
            "restore the file, or pin the digest of the one that you trust"
        )
    return data, digest


def load(data: bytes, path: Path) -> Parts | object:
    """The parts of a stored forest, or else the stored estimator itself.

    Raises ``ModelRefused`` for what is not a trusted skops file.
    """
    try:
        return parts_in(data)
    except Unreadable as why:
        log.info("model is left to scikit-learn cause=%s", why)
    from skops.io import loads  # over a second that the known shape need not spend

    try:
        return loads(data, trusted=TRUSTED)
    except Exception as error:
        raise ModelRefused(
            f"model refused: expected a scikit-learn pipeline stored with skops in {path}, "
            f"got {type(error).__name__}: {str(error)[:200]}"
        ) from error


def version_of(digest: str) -> str:
    """The name of a model in its predictions: the beginning of the file's SHA-256."""
    return digest[:16]


def _expected(path: Path, pinned: str | None) -> str:
    beside = Path(f"{path}.sha256")
    if not pinned and not beside.exists():
        raise ModelRefused(
            f"model refused: expected its SHA-256 from --model-sha256 or in {beside}, got neither"
        )
    text = pinned or beside.read_text("utf-8", errors="replace")
    digest = (text.split() or [""])[0].lower()
    if not _DIGEST(digest):
        where = "--model-sha256" if pinned else str(beside)
        raise ModelRefused(f"model refused: expected 64 hexadecimal digits in {where}")
    return digest
