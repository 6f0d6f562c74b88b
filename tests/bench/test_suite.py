"""The comparison with the older guide's shape."""

import pytest

from bench import suite
from bench.guide_shape import GuideShape


def test_the_guides_tests_last_as_long_as_it_says(monkeypatch):
    """Whatever they do, and no longer; a test that fails is no measurement."""
    shape = GuideShape("127.0.0.1:9")
    done = []
    monkeypatch.setattr(
        GuideShape, "tests", [(_named("one", done), 0.05), (_named("two", done), 0.1)]
    )
    took = shape.run()
    assert done == ["one", "two"]
    assert took["one"] >= 0.05
    assert took["two"] >= 0.1


def _named(name, done):
    def test():
        done.append(name)

    test.__name__ = name
    return test


def test_the_six_tests_take_what_the_guide_gives_for_them():
    """A minute and a half in all, most of it asleep."""
    assert sum(lasts_s for _, lasts_s in GuideShape("127.0.0.1:9").tests) == 91


def test_a_run_that_does_not_pass_is_no_figure(tmp_path, monkeypatch):
    """Its end is told instead."""
    monkeypatch.setattr(suite, "SEVEN", ("there_is_none",))
    with pytest.raises(SystemExit, match="the suite ended with"):
        suite.suite_s(tmp_path, [])
