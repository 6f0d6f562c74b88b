"""The data folder: where there is room, formatted once, copied for each start."""

import errno
import shutil
import tempfile
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import pytest

from testbed.brokers import jars, java, storage
from testbed.errors import CannotStart

Usage = namedtuple("Usage", "total used free")


def test_memory_without_room_is_passed_over(tmp_path, monkeypatch):
    """A container's 64 MB of shared memory is no place for a broker."""
    room = {tmp_path / "memory": 64 * 1024 * 1024}
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: Usage(0, 0, room.get(path, storage.NEEDED))
    )
    assert storage.new_data_folder(tmp_path, tmp_path / "memory").parent == tmp_path


def test_memory_with_room_is_preferred(tmp_path):
    memory = tmp_path / "memory"
    memory.mkdir()
    assert storage.new_data_folder(tmp_path, memory).parent == memory


def test_a_data_folder_without_permission_is_named(monkeypatch, tmp_path):
    def denied(**_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", denied)
    with pytest.raises(CannotStart, match=r"data folder in .* Permission denied"):
        storage.new_data_folder(tmp_path)


def test_corrupt_formatted_data_are_made_anew(own_cache, tmp_path):
    """A file cut short, and one that is missing."""
    installed = java.find(), jars.ensure()
    storage.copy_formatted(*installed, tmp_path / "first")
    (checkpoint,) = (storage._folder() / "data" / "__cluster_metadata-0").iterdir()
    whole = checkpoint.read_bytes()
    checkpoint.chmod(0o600)
    checkpoint.write_bytes(whole[:-1])
    storage.copy_formatted(*installed, tmp_path / "second")
    copied = tmp_path / "second" / "__cluster_metadata-0" / checkpoint.name
    assert len(copied.read_bytes()) == len(whole)
    (storage._folder() / "data" / "meta.properties").unlink()
    storage.copy_formatted(*installed, tmp_path / "third")
    assert (tmp_path / "third" / "meta.properties").exists()


def test_two_runs_at_once_format_once(own_cache, tmp_path, monkeypatch):
    """The second waits for the first, and both get the data."""
    made, real = [], storage._run_tool
    monkeypatch.setattr(storage, "_run_tool", lambda *args: made.append(args) or real(*args))
    targets = [tmp_path / name for name in "ab"]
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(lambda data: storage.copy_formatted(java.find(), jars.ensure(), data), targets)
        )
    assert len(made) == 1
    assert all((data / "meta.properties").exists() for data in targets)


def test_a_formatted_folder_is_given_to_another_node(tmp_path):
    """Its own number and an id of its own; the cluster stays the same."""
    text = "#\n#a date\ncluster.id=abc\ndirectory.id=xyz\nnode.id=1\nversion=1\n"
    ids = set()
    for node in (2, 3):
        folder = tmp_path / str(node)
        folder.mkdir()
        (folder / "meta.properties").write_text(text)
        storage.give_to(node, folder)
        lines = (folder / "meta.properties").read_text().splitlines()
        assert lines[:3] == ["#", "#a date", "cluster.id=abc"]
        assert lines[4:] == [f"node.id={node}", "version=1"]
        ids.add(lines[3].removeprefix("directory.id="))
    assert len(ids) == 2
    assert all(len(one) == 22 for one in ids)  # as Kafka's own
