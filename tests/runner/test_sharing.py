"""Features shared out: among workers by claims, among machines by what they took last time."""

from types import SimpleNamespace

import pytest

from testbed.errors import UsageError
from testbed.runner import sharing
from testbed.runner.sharing import STOPPED, claimed, heaviest_first, of_shard


def feature(name: str, *tags: str):
    file = f"features/{name}.feature"
    scenarios = [
        SimpleNamespace(name=f"scenario {n}", filename=file, effective_tags=[tag])
        for n, tag in enumerate(tags)
    ]
    return SimpleNamespace(filename=file, walk_scenarios=lambda: scenarios)


def took(**seconds: float) -> dict[str, dict[str, float]]:
    """Durations of features, all of it in their first scenario and nothing in the others."""
    idle = {f"scenario {n}": 0.0 for n in range(1, 9)}
    return {name: {**idle, "scenario 0": one} for name, one in seconds.items()}


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
    sharing.record(took(a=61.0, b=1.0, c=20.0, d=20.0, e=20.0))
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
    sharing.record(took(k=99.0))
    assert heaviest_first([light, heavy, known]) == [known, heavy, light]


def test_durations_of_features_that_did_not_run_stay():
    sharing.record({"a": {"één": 1.04}, "b": {"two": 2.0, "gone": 9.0}})
    sharing.record({"b": {"two": 3.0}})
    assert sharing.durations() == {"a": {"één": 1.0}, "b": {"two": 3.0}}


def test_nothing_more_is_claimed_once_the_run_stops(tmp_path):
    claims = claimed(["a", "b"], tmp_path / "claims")
    assert next(claims) == "a"
    (tmp_path / STOPPED).touch()
    assert list(claims) == []
