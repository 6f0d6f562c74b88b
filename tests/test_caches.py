"""The cache's folders and locks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from testbed.caches import VARIABLE, cache_dir, locked, root, try_lock, with_bytecode
from testbed.errors import CannotStart

ROOT = Path(__file__).resolve().parents[1]


def test_the_variable_rules_then_the_system_then_home(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "system"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert root() == tmp_path / "own"
    monkeypatch.delenv(VARIABLE)
    assert root() == tmp_path / "system" / "churn-testbed"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert root() == tmp_path / "home" / ".cache" / "churn-testbed"


def test_a_folder_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "a" / "b"))
    assert cache_dir("c").is_dir()


def test_bytecode_that_may_not_stand_beside_the_sources_stands_in_the_cache(monkeypatch, tmp_path):
    """Python writes it there, and finds it again."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    (tmp_path / "module.py").write_text("x = 1")
    env = with_bytecode(os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    subprocess.run([sys.executable, "-c", "import module"], cwd=tmp_path, env=env, check=True)
    assert not (tmp_path / "__pycache__").exists()
    assert list((tmp_path / "cache" / "bytecode").rglob("module.*.pyc"))


@pytest.mark.parametrize(
    "env", [{}, {"PYTHONDONTWRITEBYTECODE": ""},
            {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "elsewhere"}],
)  # fmt: skip
def test_any_other_wish_about_bytecode_stays(env):
    assert with_bytecode(env) == env


def test_a_file_in_the_way_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    with pytest.raises(CannotStart, match="Cannot write to the cache folder") as caught:
        cache_dir("c")
    assert VARIABLE in caught.value.next_step


def test_a_lock_is_held_against_other_processes(tmp_path):
    """And is free again when its holder is gone."""
    thing = tmp_path / "thing"
    ask = "import sys; from pathlib import Path; from testbed.caches import try_lock\n"
    ask += "sys.exit(0 if try_lock(Path(sys.argv[1])) else 1)"
    words = [sys.executable, "-c", ask, str(thing)]
    with locked(thing, 1.0):
        assert subprocess.run(words, cwd=ROOT, check=False).returncode == 1
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == 0
    lock = try_lock(thing)
    assert lock
    lock.release()


def test_a_lock_that_never_comes_free_is_named(tmp_path):
    thing = tmp_path / "thing"
    with locked(thing, 1.0), pytest.raises(CannotStart, match="Another run"), locked(thing, 0.05):
        pytest.fail("two holders")
