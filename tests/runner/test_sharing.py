"""Features shared out: among workers by claims, among machines by what they took last time."""

from types import SimpleNamespace

import pytest

from testbed.errors import UsageError
from testbed.runner import sharing
from testbed.runner.sharing import STOPPED, claimed, heaviest_first, of_shard


def feature(name: str, *tags: str):
    scenarios = [SimpleNamespace(effective_tags=[tag]) for tag in tags]
    return SimpleNamespace(filename=f"features/{name}.feature", walk_scenarios=lambda: scenarios)


FEATURES = [feature(name, "slow", *["quick"] * n) for n, name in enumerate("abcdefg")]


@pytest.fixture(autouse=True)
def recorded(tmp_path, monkeypatch):
    """No durations but those of the test."""
    path = tmp_path / "durations.json"
    monkeypatch.setattr(sharing, "DURATIONS", path)
    return path


def names(features) -> list[str]:
    return [one.filename for one in features]


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_shards_have_every_feature_once_and_in_its_order(count):
    parts = [of_shard(FEATURES, f"{number}/{count}") for number in range(1, count + 1)]
    assert sorted(names(one for part in parts for one in part)) == names(FEATURES)
    assert all(names(part) == sorted(names(part)) for part in parts)


def test_shards_take_about_as_long_as_each_other(recorded):
    sharing.record({"a": 61.0, "b": 1.0, "c": 20.0, "d": 20.0, "e": 20.0}, recorded)
    parts = [of_shard(FEATURES[:5], f"{number}/2") for number in (1, 2)]
    assert [[one.filename[9] for one in part] for part in parts] == [["a"], ["b", "c", "d", "e"]]


@pytest.mark.parametrize("shard", ["0/2", "3/2", "2", "a/b", "1/0", "1/2/3", ""])
def test_a_wrong_shard_is_told(shard):
    with pytest.raises(UsageError, match="expected I/N with I from 1 to N"):
        sharing.parsed(shard)


def test_the_heaviest_come_first(recorded):
    """As they were recorded, or else as their tags tell."""
    light, heavy, known = feature("l", "x"), feature("h", "slow", "slow"), feature("k", "x")
    assert heaviest_first([light, heavy, known]) == [heavy, light, known]
    sharing.record({"k": 99.0}, recorded)
    assert heaviest_first([light, heavy, known]) == [known, heavy, light]


def test_durations_of_features_that_did_not_run_stay(recorded, monkeypatch):
    sharing.record({"a": 1.04, "b": 2.0}, recorded)
    monkeypatch.setattr(sharing.record, "__defaults__", (recorded,))
    sharing.record({"b": 3.0})
    assert sharing.durations() == {"a": 1.0, "b": 3.0}


def test_nothing_more_is_claimed_once_the_run_stops(tmp_path):
    claims = claimed(["a", "b"], tmp_path / "claims")
    assert next(claims) == "a"
    (tmp_path / STOPPED).touch()
    assert list(claims) == []
