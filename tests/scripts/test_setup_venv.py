"""The environment is made once, whatever kind of Python the user has."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scripts import setup_venv

SCRIPTS = Path(setup_venv.__file__).parent
OK = subprocess.CompletedProcess([], 0, "", "")
BAD = subprocess.CompletedProcess([], 1, "", "ERROR: out of luck.")


class Commands:
    """Stands for ``setup_venv.run``: remembers commands, and fails those that contain a word."""

    def __init__(self, failing: tuple[str, ...] = ()):
        self.failing, self.seen = failing, []

    def __call__(self, command, environment=None):
        text = " ".join(map(str, command))
        self.seen.append(text)
        return BAD if any(word in text for word in self.failing) else OK


@pytest.fixture
def commands(monkeypatch):
    """A way to replace the commands: ``commands("-m uv")`` fails all that run uv."""

    def replace(*failing: str) -> Commands:
        fake = Commands(failing)
        monkeypatch.setattr(setup_venv, "run", fake)
        return fake

    return replace


@pytest.fixture
def bare(monkeypatch):
    """A Python without ensurepip, on a machine without uv and virtualenv."""
    monkeypatch.setattr(setup_venv.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)


def made(venv: Path, kind: str) -> Path:
    """A folder that looks like an environment that is ready for ``kind``."""
    python = setup_venv.venv_python(venv)
    python.parent.mkdir(parents=True)
    python.touch()
    setup_venv.stamp(venv, kind).write_text(setup_venv.digest(kind))
    return venv


def test_nothing_is_run_when_nothing_has_changed(tmp_path, commands):
    """A ready environment costs no command at all."""
    fake = commands()
    assert setup_venv.main(["run", "--venv", str(made(tmp_path / "v", "run"))]) == 0
    assert fake.seen == []


def test_what_is_ready_for_development_is_ready_to_run(tmp_path):
    """The larger environment serves the smaller need, not the other way round."""
    assert setup_venv.is_ready(made(tmp_path / "dev", "dev"), "run")
    assert not setup_venv.is_ready(made(tmp_path / "run", "run"), "dev")


def test_a_changed_lock_is_noticed(tmp_path, monkeypatch):
    """The stamp is the digest of the locks."""
    venv = made(tmp_path / "v", "run")
    for name in setup_venv.LOCKS["run"]:
        (tmp_path / name).write_text("behave==9\n")
    monkeypatch.setattr(setup_venv, "ROOT", tmp_path)
    assert not setup_venv.is_ready(venv, "run")
    assert setup_venv.main(["run", "--check", "--venv", str(venv)]) == 1


def test_a_debian_python_in_parts_gets_the_next_step(tmp_path, commands, bare, capsys):
    """Neither ensurepip nor pip nor uv: one line that names the package to install."""
    commands("-m pip")
    assert setup_venv.main(["run", "--venv", str(tmp_path / "v")]) == 3
    error = capsys.readouterr().err
    assert error.startswith("[ERROR] This Python has neither ensurepip nor pip.")
    assert "apt-get install python3-venv" in error
    assert error.count("\n") == 1


def test_the_pip_of_the_system_helps_out(tmp_path, commands, bare):
    """Without ensurepip, this Python's own pip installs into the new environment."""
    venv = tmp_path / "v"
    fake = commands(f"{setup_venv.venv_python(venv)} -m pip --version")
    setup_venv.create(venv)
    setup_venv.install(venv, [tmp_path / "requirements.txt"])
    assert fake.seen[0] == f"{sys.executable} -m venv --without-pip {venv}"
    assert any(f"{sys.executable} -m pip --python" in seen for seen in fake.seen)


def test_virtualenv_helps_out(tmp_path, commands, monkeypatch):
    """Where venv fails, an installed virtualenv makes the environment."""
    monkeypatch.setattr(shutil, "which", lambda name: name)
    fake = commands("-m venv")
    setup_venv.create(tmp_path / "v")
    assert fake.seen[-1].startswith("virtualenv")


def test_pip_takes_over_where_uv_cannot(tmp_path, commands, capsys):
    """uv is a matter of speed and never of success."""
    fake = commands("-m uv")
    setup_venv.install(tmp_path / "v", [tmp_path / "requirements.txt"])
    assert " -m pip install" in fake.seen[-1]
    assert "--require-hashes" in fake.seen[-1]
    assert "uv could not install (ERROR: out of luck)" in capsys.readouterr().out


def test_no_network_is_said(tmp_path, commands):
    """Where pip fails too, the message has pip's reason and the next step."""
    commands("install")
    with pytest.raises(setup_venv.SetupError, match=r"could not be installed: ERROR: out of luck"):
        setup_venv.install(tmp_path / "v", [tmp_path / "requirements.txt"])


def test_uv_gets_the_users_index_and_no_cache_in_a_read_only_home(tmp_path, monkeypatch):
    """What pip would read from the user's settings reaches uv."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "below"))
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example.org/simple")
    environment = setup_venv.uv_environment()
    assert environment["UV_DEFAULT_INDEX"] == "https://index.example.org/simple"
    assert environment["UV_NO_CACHE"] == "1"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert "UV_NO_CACHE" not in setup_venv.uv_environment()


def test_two_at_once_set_up_once(tmp_path, commands, monkeypatch):
    """The second waits for the first and finds all done."""
    commands()
    installs = []

    def install(venv, locks):
        installs.append(locks)
        setup_venv.venv_python(venv).parent.mkdir(parents=True)
        setup_venv.venv_python(venv).touch()

    monkeypatch.setattr(setup_venv, "install", install)
    arguments = (tmp_path / "v", "run")
    threads = [threading.Thread(target=setup_venv.set_up, args=arguments) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(installs) == 1


@pytest.mark.skipif(os.name == "nt", reason="the shell script is for systems with bash")
def test_the_shell_says_when_there_is_no_python(tmp_path):
    """A machine without a fitting Python gets one line with the next step, and exit code 3."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(SCRIPTS / "setup_venv.sh", tmp_path / "scripts")
    (tmp_path / "bin" / "dirname").symlink_to(shutil.which("dirname"))
    old = tmp_path / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # what an older Python answers to the question
    old.chmod(0o755)
    done = subprocess.run(
        [shutil.which("bash"), "-c", f". {tmp_path}/scripts/setup_venv.sh; setup_venv run"],
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("[ERROR] Python 3.11 or newer was not found.")
    assert "apt-get install python3 python3-venv" in done.stderr
