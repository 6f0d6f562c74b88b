"""A fast wrong answer is no result: what the bench's table and picture say of their runs."""

import xml.etree.ElementTree as ET

import pytest

from bench.plot import draw, panels
from bench.telling import grouped, spread, table, wrong

RIGHT = {"lost": 0, "duplicated": 0, "misplaced": 0, "wrong_scores": 0}


def run(name: str, rate: int, **more) -> dict:
    return {"candidate": name, "kind": "preloaded", "records_per_s": rate, **RIGHT, **more}


@pytest.mark.parametrize("what", RIGHT)
def test_each_kind_of_mistake_makes_a_run_wrong(what):
    assert not wrong(run("ours", 10))
    assert wrong(run("ours", 10, **{what: 1}))
    assert f"WRONG ({what}: 3)" in table([run("ours", 10), run("ours", 20, **{what: 3})])


def test_turns_are_told_by_their_least_median_and_most():
    turns = [run("ours", rate) for rate in (300, 100, 200)]
    assert spread(turns, "records_per_s") == (100, 200, 300)
    assert "| ours | 200 (100 to 300) | right |" in table(turns)


def test_cases_of_one_candidate_are_told_apart():
    runs = [run("ours", 10, invalid=0.5), run("ours", 5, invalid=1.0), run("ours", 9, invalid=0.5)]
    assert {name: len(turns) for name, turns in grouped(runs).items()} == {
        "ours 0.5 invalid": 2,
        "ours 1 invalid": 1,
    }


def test_the_picture_has_a_bar_for_each_candidate_and_a_panel_for_each_kind():
    slow = {"candidate": "slow", "kind": "paced", "p99_ms": 120.5, **RIGHT}
    runs = [run("ours", 100_000), run("<peer>", 100), run("ours", 200_000), slow]
    titles = [title for title, _ in panels(runs)]
    picture = draw(panels(runs))
    assert len(titles) == 2
    assert picture.count('class="bar"') == 3
    assert "150,000" in picture and "&lt;peer&gt;" in picture
    ET.fromstring(picture)


def test_a_longer_bar_is_a_larger_figure():
    bars = panels([run("a", 100), run("b", 1000), run("c", 10_000)])
    tree = ET.fromstring(draw(bars))
    widths = [float(one.get("width")) for one in tree.iter() if one.get("class") == "bar"]
    assert widths == sorted(widths) and widths[0] > 0
