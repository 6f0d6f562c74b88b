"""Shards of a run become one report: figures added up, files side by side, verdict the worst."""

import json
import xml.etree.ElementTree as ET

import msgspec
import pytest

from testbed.errors import UsageError
from testbed.reporting import html, junit, record, summary
from testbed.reporting.record import ScenarioResult
from testbed.reporting.summary import RunFacts
from testbed.runner import merge, sharing


@pytest.fixture(autouse=True)
def page(monkeypatch):
    """Where the page would have been built."""
    built = []
    monkeypatch.setattr(html, "build", lambda reports, *_: built.append(reports))
    return built


def shard(folder, feature: str, status: str, **facts):
    """What one machine leaves behind; every one has a process of the same id."""
    (folder / "results").mkdir(parents=True)
    (folder / "history").mkdir()
    (folder / "history" / f"{feature}.jsonl").touch()
    for name in ("consumer-0.log", "kafka.log"):
        (folder / name).write_text(f"{feature} {name}")
    result = ScenarioResult(
        feature=feature, file=f"features/{feature}.feature", scenario="S", status=status,
        duration_s=3.0,
    )  # fmt: skip
    (folder / "results" / "17.jsonl").write_bytes(msgspec.json.encode(result) + b"\n")
    results = record.read_all(folder)
    junit.merge(folder / "none", folder / "test-results.xml", results)
    summary.write(folder, results, RunFacts(duration_s=9.0, **facts))
    return folder


def test_shards_are_joined_in_reading_order(tmp_path, page, capsys):
    one = shard(tmp_path / "1", "ordering", "passed")
    two = shard(tmp_path / "2", "end_to_end_flow", "failed")
    into = tmp_path / "all"
    assert merge.main([str(one), str(two), "--into", str(into)]) == 1
    assert "2: 1 passed, 1 failed" in capsys.readouterr().out
    assert [one.feature for one in record.read_all(into)] == ["end_to_end_flow", "ordering"]
    suites = ET.parse(into / "test-results.xml").getroot()
    assert [one.get("name") for one in suites] == ["end_to_end_flow", "ordering"]
    assert (suites.get("tests"), suites.get("failures")) == ("2", "1")
    assert (into / "kafka-2.log").read_text() == "end_to_end_flow kafka.log"
    assert {path.name for path in (into / "history").iterdir()} == {
        "ordering.jsonl", "end_to_end_flow.jsonl",
    }  # fmt: skip
    assert json.loads((into / "summary.json").read_text())["run"]["duration_s"] == 9.0
    assert page == [into]


def test_passed_shards_pass_and_tell_how_long_each_scenario_took(tmp_path, monkeypatch):
    told = {}
    monkeypatch.setattr(sharing, "record", told.update)
    parts = [shard(tmp_path / name, name, "passed") for name in ("a", "b")]
    words = [*map(str, parts), "--into", str(tmp_path / "all"), "--record-durations"]
    assert merge.main(words) == 0
    assert told == {"a": {"S": 3.0}, "b": {"S": 3.0}}


def test_parts_of_different_runs_are_refused(tmp_path):
    parts = [
        shard(tmp_path / "1", "a", "passed", delivery="at-least-once"),
        shard(tmp_path / "2", "b", "passed", delivery="exactly-once"),
    ]
    with pytest.raises(UsageError, match="delivery is 'at-least-once' in"):
        merge.join(parts, tmp_path / "all")
    assert not (tmp_path / "all").exists()


def test_what_is_no_shard_is_told(tmp_path):
    with pytest.raises(UsageError, match="Expected the reports of a shard in"):
        merge.main([str(tmp_path), "--into", str(tmp_path / "all")])


def test_a_shard_is_not_written_over(tmp_path):
    part = shard(tmp_path / "1", "a", "passed")
    with pytest.raises(UsageError, match="a folder of its own"):
        merge.join([part], part)
    assert (part / "summary.json").exists()
