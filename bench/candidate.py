"""The consumers that are compared: a file each and, if need be, an environment each."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from testbed.caches import cache_dir, locked
from testbed.models import ROOT, ModelFiles

FOLDER = Path(__file__).parent / "candidates"
INSTALL_WITHIN_S = 600.0


class Candidate(NamedTuple):
    """A consumer as candidates.toml describes it."""

    name: str
    share: float = 1.0
    rate: float = 500.0
    copies: bool = False
    requires: tuple[str, ...] = ()

    def python(self) -> str:
        """The interpreter that has what it needs; installed on the first use."""
        if not self.requires:
            return sys.executable
        folder = cache_dir("bench") / self.name
        python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        with locked(folder, INSTALL_WITHIN_S):
            if not self._is_installed(folder):
                self._install(folder, python)
        return str(python)

    def _is_installed(self, folder: Path) -> bool:
        told = folder / "requires.txt"
        return told.exists() and told.read_text("utf-8") == "\n".join(self.requires)

    def _install(self, folder: Path, python: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", *self.requires]
        subprocess.run(install, check=True, timeout=INSTALL_WITHIN_S)
        (folder / "requires.txt").write_text("\n".join(self.requires), "utf-8")


def candidates(names: list[str]) -> list[Candidate]:
    """Those with these names; all for an empty list."""
    told = tomllib.loads((FOLDER / "candidates.toml").read_text("utf-8"))
    unknown = set(names) - told.keys()
    if unknown:
        raise SystemExit(f"expected candidates among {', '.join(told)}, got {', '.join(unknown)}")
    return [Candidate(name, **told[name]) for name in names or told]


class Place(NamedTuple):
    """Where a candidate works."""

    servers: str
    source: str
    output: str
    deadletter: str
    group: str
    files: ModelFiles

    def environment(self, instance: int) -> dict[str, str]:
        """As DESIGN's contract of the command hands it over."""
        own = {
            "KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "INPUT_TOPIC": self.source,
            "OUTPUT_TOPIC": self.output,
            "DEADLETTER_TOPIC": self.deadletter,
            "GROUP_ID": self.group,
            "INSTANCE": str(instance),
            "MODEL_PATH": str(self.files.skops),
            "MODEL_JSON_PATH": str(self.files.json),
            "PYTHONPATH": str(ROOT),
        }
        return os.environ | own
