"""docs/dependencies.md says what the lock files say."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from scripts import lock

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| ([a-z0-9-]+) \| (\d[^ |]*) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
OURS = {"bench", "consumer", "environment", "scripts", "shared", "steps", "testbed", "tests"}
LOCKED = ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt")


def asked_for() -> set[str]:
    """The packages that the *.in files name."""
    lines = [line for name in lock.LOCKS for line in (ROOT / f"{name}.in").read_text().splitlines()]
    return {line for line in lines if line and not line.startswith(("#", "-"))}


def test_every_dependency_has_a_row_with_its_locked_version():
    """Name, version, licence and reason stand in the page for all that is asked for."""
    rows = {match[1]: match for match in ROW.finditer(lock.TABLE.read_text("utf-8"))}
    versions = lock.locked_versions()
    assert set(rows) == asked_for()
    for name, row in rows.items():
        assert row[2] == versions[name], f"{name}: run `make upgrade`"
        assert row[3].strip()
        assert row[4].strip()


def test_a_version_is_renewed_in_its_row_alone():
    """Locking anew writes the version and leaves licence and reason."""
    table = "| behave | 1.0 | BSD | runs |\n| Apache Kafka | 4.4.0 | Apache-2.0 | broker |\n"
    assert lock.with_versions(table, {"behave": "1.3.3"}) == table.replace("1.0", "1.3.3", 1)


@pytest.mark.parametrize("name", LOCKED)
def test_a_lock_names_hashes_and_no_host(name):
    """Every pin has a hash, and the place that it comes from is the user's choice."""
    text = (ROOT / name).read_text()
    pins = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE)
    assert pins
    assert all(pin.endswith("\\") for pin in pins)
    assert not re.search(r"://|--index-url|--find-links|--extra-index", text)


def test_what_is_imported_is_asked_for():
    """No part leans on a package that only comes along with another."""
    installed = importlib.metadata.packages_distributions()
    names = {name.lower().replace("_", "-") for name in asked_for()}
    assert third_party(["import json", "import somewhere"]) == {"somewhere"}
    for folder in ("consumer", "steps", "testbed", "scripts", "tests/consumers/honest"):
        paths = (ROOT / folder).rglob("*.py")
        for module in third_party(path.read_text("utf-8") for path in paths):
            owners = [owner.lower().replace("_", "-") for owner in installed.get(module, [module])]
            asked = any(owner.startswith(tuple(names)) for owner in owners)  # x brings x-binaries
            assert asked, f"{folder} imports {module}: add it to requirements.in"


def third_party(sources) -> set[str]:
    """Top-level names of imported modules that are neither Python's nor this project's."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - OURS
