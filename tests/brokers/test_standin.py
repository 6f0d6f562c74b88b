"""The stand-in image: what goes into it, and what it never claims to be."""

import io
import platform
import shutil
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from docker.errors import APIError, DockerException

from testbed.brokers import compose, standin
from testbed.errors import CannotStart

on_linux = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="the image is made of glibc programs"
)


@on_linux
def test_the_libraries_of_a_program_include_the_loader():
    names = [Path(path).name for path in standin.libraries(Path(shutil.which("bash")))]
    assert "libc.so.6" in names
    assert any(name.startswith("ld-linux") for name in names)


@on_linux
def test_the_root_holds_each_library_once_and_all_is_readable_and_roots(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        root = standin.RootFileSystem(tar)
        root.add_program(Path(shutil.which("bash")), "/bin/bash")
        root.add_program(Path(shutil.which("sleep")), "/bin/sleep")
        root.add(tmp_path, "/opt")
        root.add_folder("/var/data", 0o755)
    target.seek(0)
    with tarfile.open(fileobj=target) as tar:
        files = tar.getmembers()
    names = [file.name for file in files]
    assert len(names) == len(set(names))
    assert {"bin/bash", "bin/sleep", "opt/secret", "var/data"} <= set(names)
    assert sum(name.endswith("/libc.so.6") for name in names) == 1
    assert all(file.mode & 0o444 == 0o444 and file.uid == 0 for file in files)


def test_a_tool_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    with pytest.raises(CannotStart, match="the program bash"):
        standin._add_system(standin.RootFileSystem(tar=None))


def test_elsewhere_than_on_linux_it_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    with pytest.raises(CannotStart, match="this is Darwin") as caught:
        standin.build(engine=None)
    assert "--broker kafka" in caught.value.next_step


class Images(list):
    def __init__(self, *ids):
        super().__init__(SimpleNamespace(id=one) for one in ids)
        self.removed = []

    def list(self, name):
        return self[:]

    def remove(self, image_id):
        self.removed.append(image_id)
        if image_id == "in use":
            raise DockerException("a container runs from it")


@pytest.fixture
def engine(monkeypatch):
    monkeypatch.setattr(standin, "_check_system", lambda: None)
    monkeypatch.setattr(standin, "write_root", lambda target, parts: target.write(b"tar"))
    parts = standin.KafkaParts("4.4.0", [], java=None)
    monkeypatch.setattr(standin, "kafka_parts", lambda: parts)
    imported = []

    def take(pieces, **how):
        imported.append((b"".join(pieces), how))

    api = SimpleNamespace(import_image_from_stream=take)
    client = SimpleNamespace(api=api, images=Images("old", "in use"))
    return SimpleNamespace(client=client, imported=imported)


def test_the_image_is_labelled_a_stand_in_and_its_forerunners_go(engine):
    assert standin.build(engine) == "telco-broker-standin:latest"
    [(data, how)] = engine.imported
    assert data == b"tar"
    assert "LABEL telco.testbed.stand-in='Apache Kafka 4.4.0'" in how["changes"]
    assert "USER 101:101" in how["changes"]
    assert engine.client.images.removed == ["old", "in use"]


def test_an_engine_that_refuses_the_image_is_told(engine):
    def refuse(pieces, **how):
        raise APIError("500", explanation="no space left on device")

    engine.client.api.import_image_from_stream = refuse
    with pytest.raises(CannotStart, match="no space left on device"):
        standin.build(engine)


def test_the_words_on_how_to_use_it_call_it_a_stand_in():
    said = standin.usage("telco-broker-standin:latest")
    assert "stand-in for Redpanda" in said
    assert "REDPANDA_TEST_IMAGE=telco-broker-standin" in said
    assert "-f docker-compose.test.yml -f testbed/brokers/standin.compose.yml up -d" in said
    name = said.split("REDPANDA_TEST_IMAGE=")[1].split()[0]
    assert compose.settings({"REDPANDA_TEST_IMAGE": name}).override == compose.STAND_IN_FILE


def test_the_override_replaces_command_and_health_and_fakes_no_rpk():
    lines = compose.STAND_IN_FILE.read_text("utf-8").splitlines()
    effective = "\n".join(line.partition("#")[0] for line in lines)
    assert "command:" in effective and "healthcheck:" in effective
    assert "rpk" not in effective
    assert not any("rpk" in file.name for file in standin.FILES.iterdir())


def test_the_files_of_the_image_are_programs_where_they_must_be():
    for name in ("start", "healthy"):
        assert (standin.FILES / name).stat().st_mode & 0o111
