"""The saboteurs as they declare themselves: nothing here runs one."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from behave.parser import parse_file

from testbed.checker import PROMISES
from testbed.errors import CannotStart, UsageError
from testbed.proof import consumers

ROOT = Path(__file__).resolve().parents[2]
SLUGS = {promise.slug for promise in PROMISES}
# Applies every change to the reference, each in a process of its own, and runs nothing.
APPLY = """
import os, sys
from tests.consumers.saboteurs.groups import TABLE
for one in TABLE.values():
    if not one.alone and not one.name.startswith("leaves_a_child"):
        child = os.fork()
        if not child:
            one.begin()
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.exit(one.name)
"""


@pytest.fixture(scope="module")
def saboteurs() -> list[consumers.Saboteur]:
    return consumers.saboteurs()


def test_each_names_promises_that_there_are(saboteurs):
    """A misspelt promise could catch nobody."""
    for one in saboteurs:
        assert one.caught_by, one.name
        assert {*one.caught_by, *one.also} <= SLUGS, one.name


def test_each_names_scenarios_that_there_are(saboteurs):
    """A misspelt scenario would run nothing."""
    names: dict[str, list[str]] = {}
    for path in (ROOT / "features").glob("*.feature"):
        names[path.stem] = [one.name for one in parse_file(str(path)).walk_scenarios()]
    for one in saboteurs:
        for place in one.where:
            feature, words = place.split(": ", 1)
            assert any(words in name for name in names[feature]), (one.name, place)


def test_each_says_its_sin_in_a_sentence(saboteurs):
    """And no two of them say the same."""
    assert all(one.sin.endswith(".") for one in saboteurs)
    assert Counter(one.sin for one in saboteurs).most_common(1)[0][1] == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_each_still_fits_the_reference():
    """Whatever it changes is still there to be changed."""
    done = subprocess.run(
        [sys.executable, "-c", APPLY], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_honest_consumers_are_the_reference_and_those_declared():
    """The reference in both deliveries, and at least five that share no code with it."""
    names = [one.name for one in consumers.honest()]
    assert names[:2] == ["reference-exactly-once", "reference-at-least-once"]
    assert len(names) >= 7


def test_what_waits_for_a_feature_in_work_is_known(saboteurs):
    """By the tag of the feature's file, so that it takes part as soon as the tag is gone."""
    tagged = {path.stem for path in (ROOT / "features").glob("*.feature")
              if "wip" in parse_file(str(path)).tags}  # fmt: skip
    waiting = {one.name for one in saboteurs if one.in_work}
    assert waiting == {
        one.name for one in saboteurs if {place.split(": ")[0] for place in one.where} <= tagged
    }


def test_another_list_is_read_from_a_file(tmp_path, saboteurs):
    """In the same form; anything else is refused."""
    path = tmp_path / "own.json"
    own = {"name": "a", "group": "g", "sin": "s", "caught_by": ["no-loss"], "where": ["x: y"],
           "command": ["z"]}  # fmt: skip
    path.write_text(json.dumps([own]))
    assert [one.name for one in consumers.saboteurs(path)] == ["a"]
    path.write_text('[{"name": "a"}]')
    with pytest.raises(UsageError, match="list of saboteurs"):
        consumers.saboteurs(path)


def test_a_list_that_cannot_be_made_is_told(monkeypatch):
    """With what the module said."""
    monkeypatch.setattr(consumers, "SABOTEURS", "tests.consumers.nowhere")
    with pytest.raises(CannotStart, match="cannot be listed"):
        consumers.saboteurs()


def test_libraries_that_cannot_be_had_are_told(tmp_path, monkeypatch):
    """A lock file beside the program, and a package manager that fails; it leaves no cache."""
    (tmp_path / "package-lock.json").touch()
    says = "'no such package' if os.environ['NODE_DISABLE_COMPILE_CACHE'] else 'leaves a cache'"
    npm = [sys.executable, "-c", f"import os, sys; sys.exit({says})"]
    monkeypatch.setattr(consumers, "find_node", lambda: SimpleNamespace(npm=npm))
    one = consumers.Honest(name="a", what="b", command=("node", str(tmp_path / "consumer.js")))
    with pytest.raises(CannotStart, match=r"libraries of .* cannot be installed(.|\n)*no such"):
        consumers.install_clients([one])
