"""``python -m testbed standin``: an image for the compose path where no registry is reachable.

It holds the embedded broker's Apache Kafka and JRE, a shell, and the libraries that these need,
taken from this machine. It is a stand-in for Redpanda, and is called so wherever it shows.
"""

import argparse
import io
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from docker.errors import DockerException

from testbed.brokers import jars, java, jvm, settings, storage
from testbed.brokers.compose import FILE, ROOT, STAND_IN_FILE, STAND_IN_IMAGE, STAND_IN_LABEL
from testbed.brokers.engine import Engine, reason
from testbed.brokers.java import Java
from testbed.errors import CannotStart

FILES = Path(__file__).with_name("standin_files")
TOOLS = ("bash", "cp", "sleep")  # what the compose file's shell and the start script run
JVM_PARTS = ("bin/java", "lib/server/libjvm.so", "lib/libnet.so", "lib/libnio.so", "lib/libzip.so")
CONTROLLER_PORT = 29093  # as the start script has it
DATA = "/var/lib/redpanda/data"
USER = "101:101"  # Redpanda's own, whom the compose file's tmpfs belongs to
WITHIN_S = 60.0
TEMPORARY = "/tmp"  # noqa: S108 - inside the image
PIECE_BYTES = 1 << 20


class KafkaParts(NamedTuple):
    """What the image is made of: Kafka's version and jars, a Java of this machine's kind."""

    version: str
    jars: list[Path]
    java: Java


class RootFileSystem:
    """A tar of an image's files, with the shared libraries that its programs load."""

    def __init__(self, tar: tarfile.TarFile):
        self._tar = tar
        self._libraries: set[str] = set()

    def add(self, source: Path, name: str) -> None:
        """A file or a folder, links followed, owned by root, readable by the broker."""
        self._tar.add(source.resolve(), name.lstrip("/"), filter=_readable)

    def add_program(self, source: Path, name: str) -> None:
        """A program and the libraries that it names."""
        self.add(source, name)
        self.add_libraries(libraries(source))

    def add_libraries(self, paths: Iterable[str]) -> None:
        """Libraries of this machine, each once, under their own names."""
        for path in sorted(set(paths) - self._libraries):
            self._libraries.add(path)
            self.add(Path(path), path)

    def add_text(self, name: str, text: str) -> None:
        """A small file."""
        info = tarfile.TarInfo(name.lstrip("/"))
        info.size, info.mode = len(text), 0o644
        self._tar.addfile(info, io.BytesIO(text.encode()))

    def add_folder(self, name: str, mode: int) -> None:
        """An empty folder."""
        info = tarfile.TarInfo(name.lstrip("/"))
        info.type, info.mode = tarfile.DIRTYPE, mode
        self._tar.addfile(info)


def kafka_parts() -> KafkaParts:
    """The embedded broker's own; raises ``CannotStart`` where they cannot be had."""
    return KafkaParts(jars.kafka_version(), jars.ensure(_tell), java.find())


def libraries(program: Path) -> list[str]:
    """The shared libraries that ``ldd`` names for a program, the loader among them."""
    told = subprocess.run(
        ["ldd", str(program)], capture_output=True, text=True, timeout=WITHIN_S, check=False
    ).stdout
    return re.findall(r"(/\S+) \(0x", told)


def write_root(target, parts: KafkaParts) -> None:
    """The image's root file system as a tar, written to the open file ``target``."""
    with tarfile.open(fileobj=target, mode="w") as tar:
        root = RootFileSystem(tar)
        _add_system(root)
        _add_java(root, parts.java.path.parents[1])
        _add_kafka(root, parts)


def _add_system(root: RootFileSystem) -> None:
    for tool in TOOLS:
        root.add_program(_which(tool), f"/bin/{tool}")
    root.add(_which("bash"), "/bin/sh")
    root.add_text("/etc/passwd", f"root:x:0:0::/:/bin/sh\nbroker:x:{USER}::/:/bin/sh\n")
    root.add_folder(TEMPORARY, 0o1777)
    root.add_folder(DATA, 0o755)


def _add_java(root: RootFileSystem, java_home: Path) -> None:
    root.add(java_home, "/opt/java")
    own = str(java_home.resolve())
    for part in JVM_PARTS:
        needed = libraries(java_home / part)
        root.add_libraries(path for path in needed if not path.startswith(own))


def _add_kafka(root: RootFileSystem, parts: KafkaParts) -> None:
    for jar in parts.jars:
        root.add(jar, f"/opt/kafka/libs/{jar.name}")
    for file in FILES.iterdir():
        root.add(file, f"/opt/kafka/{file.name}")
    root.add_text("/opt/kafka/jvm.options", "".join(f'"{option}"\n' for option in jvm.OPTIONS))
    clients, controller = (
        settings.Listener(name, port)
        for name, port in ((settings.CLIENTS, 19093), (settings.CONTROLLER, CONTROLLER_PORT))
    )
    text = settings.server_properties(PurePosixPath(DATA, "kafka"), [clients], controller, {})
    root.add_text("/opt/kafka/server.properties", text)
    with tempfile.TemporaryDirectory() as folder:
        storage.copy_formatted(parts.java, parts.jars, Path(folder))
        root.add(Path(folder), "/opt/kafka/formatted")


def build(engine: Engine) -> str:
    """Build the image and return its name; raises ``CannotStart`` where that cannot be."""
    _check_system()
    parts = kafka_parts()
    label = f"LABEL {STAND_IN_LABEL}='Apache Kafka {parts.version}'"
    former = engine.client.images.list(STAND_IN_IMAGE)
    with tempfile.TemporaryFile() as file:
        write_root(file, parts)
        file.seek(0)
        pieces = iter(lambda: file.read(PIECE_BYTES), b"")  # a plain file would go unchunked
        try:
            engine.client.api.import_image_from_stream(
                pieces, repository=STAND_IN_IMAGE, tag="latest", changes=[label, f"USER {USER}"]
            )
        except (DockerException, OSError) as error:
            raise CannotStart("Docker refused the stand-in image", reason(error)) from error
    for image in former:
        with suppress(DockerException):  # a container may still run from it
            engine.client.images.remove(image.id)
    return f"{STAND_IN_IMAGE}:latest"


def main(arguments: list[str] | None = None) -> int:
    """Build the image and say how to use it; raises ``BenchError`` where that cannot be."""
    argparse.ArgumentParser("python -m testbed standin", description=__doc__).parse_args(arguments)
    with closing(Engine.connect()) as engine:
        sys.stdout.write(usage(build(engine)))
    return 0


def usage(name: str) -> str:
    """How to run with the stand-in, by the runner and by hand."""
    override = STAND_IN_FILE.relative_to(ROOT)
    return (
        f"[SUCCESS] Built {name}: a stand-in for Redpanda that holds Apache Kafka\n"
        f"With the runner:  REDPANDA_TEST_IMAGE={STAND_IN_IMAGE} "
        "bash scripts/run_kafka_integration_tests.sh --broker redpanda\n"
        f"By hand:          docker-compose -f {FILE.name} -f {override} up -d\n"
    )


def _tell(line: str) -> None:
    sys.stderr.write(f"[INFO] {line}\n")


def _check_system() -> None:
    system, libc = platform.system(), platform.libc_ver()[0]
    if (system, libc) != ("Linux", "glibc"):
        raise CannotStart(
            "The stand-in image can be built on Linux with glibc only",
            f"this is {' with '.join(filter(None, (system, libc)))}",
            "Pull the Redpanda image, or run with --broker kafka",
        )


def _which(tool: str) -> Path:
    path = shutil.which(tool)
    if path is None:
        raise CannotStart(f"Expected the program {tool} on this machine, found none")
    return Path(path)


def _readable(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    info.mode |= 0o555 if info.isdir() else 0o444  # Kafka writes its formatted files for itself
    return info
