"""Lock the dependencies: every version and hash, for all systems, from the *.in files.

``python scripts/lock.py`` adds what is missing; ``--upgrade`` takes the newest versions.
The versions in docs/dependencies.md follow.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = (
    "requirements-uv",
    "requirements",
    "requirements-dev",
)  # dev is held to the versions of run
TABLE = ROOT / "docs" / "dependencies.md"


def main(arguments: list[str]) -> int:
    """Compile each lock file and renew the table."""
    for name in LOCKS:
        command = [
            *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"),
            *("--python-version", "3.11", "--fork-strategy", "fewest"),
            *("--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"),
            *(f"{name}.in", "--output-file", f"{name}.txt", *arguments),
        ]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            return 1
    TABLE.write_text(with_versions(TABLE.read_text("utf-8"), locked_versions()), "utf-8")
    return 0


def locked_versions() -> dict[str, str]:
    """Package name to version, over all locks."""
    text = "\n".join((ROOT / f"{name}.txt").read_text("utf-8") for name in LOCKS)
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^ ;]+)", text, re.MULTILINE))


def with_versions(table: str, versions: dict[str, str]) -> str:
    """The table's text with its second column as locked."""

    def renewed(row: re.Match[str]) -> str:
        name = row["name"]
        return f"| {name} | {versions.get(name, row['version'])} |"

    return re.sub(r"^\| (?P<name>[a-z0-9-]+) \| (?P<version>[^ |]+) \|", renewed, table, flags=re.M)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
