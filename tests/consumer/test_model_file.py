"""A model is loaded only if its digest fits, and only with the types that are trusted."""

import hashlib
import pickle
import shutil

import pytest

from consumer.errors import ModelRefused
from consumer.model_file import checked, load


class Bomb:
    """Would leave a file behind if it were ever unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return (open, (str(self.target), "w"))


@pytest.fixture
def copy(model_files, tmp_path):
    for name in ("model.skops", "model.skops.sha256"):
        shutil.copy(model_files / name, tmp_path / name)
    return tmp_path / "model.skops"


def test_the_digest_beside_the_file_is_enough(copy):
    """The digest from the file beside it, or from the flag."""
    data, digest = checked(copy, None)
    assert hashlib.sha256(data).hexdigest() == digest
    assert checked(copy, digest.upper()) == (data, digest)


def test_without_a_digest_it_is_refused(copy):
    """Neither the flag nor the file."""
    copy.with_suffix(".skops.sha256").unlink()
    with pytest.raises(ModelRefused, match="got neither"):
        checked(copy, None)


@pytest.mark.parametrize("pinned", ["0" * 64, "not a digest"])
def test_another_digest_is_refused(copy, pinned):
    """The flag goes before the file."""
    with pytest.raises(ModelRefused, match=r"SHA-256|hexadecimal"):
        checked(copy, pinned)


def test_a_changed_file_is_refused(copy):
    """One bit is enough."""
    copy.write_bytes(copy.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ModelRefused, match="expected SHA-256"):
        checked(copy, None)


def test_a_missing_file_is_refused(tmp_path):
    """With the way to make one."""
    with pytest.raises(ModelRefused, match=r"consumer\.model"):
        checked(tmp_path / "none.skops", None)


def test_foreign_content_is_refused_and_never_run(tmp_path):
    """A pickle is no skops file: refused, and its code not run."""
    marker = tmp_path / "ran"
    path = tmp_path / "model.skops"
    for data in (pickle.dumps(Bomb(marker)), b"", b"PK\x03\x04 broken"):
        with pytest.raises(ModelRefused, match="stored with skops"):
            load(data, path)
    assert not marker.exists()


def test_an_untrusted_type_is_refused(tmp_path):
    """skops itself refuses types that nobody trusts."""
    from skops.io import dumps

    with pytest.raises(ModelRefused, match=r"got \w+"):
        load(dumps(Bomb(tmp_path / "x")), tmp_path / "model.skops")
