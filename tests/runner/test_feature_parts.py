"""A long feature in parts: each scenario once, in its order, under its own rule and outline."""

from types import SimpleNamespace

import pytest
from behave.parser import parse_feature

from testbed.runner import parts, sharing
from testbed.runner.parts import in_parts
from testbed.runner.worker import ClaimingRunner

TEXT = """
@kafka
Feature: A long one
  Background:
    Given a start
  Rule: First
    Background:
      Given its own
    Scenario: one
      Then it holds
    Scenario Outline: two
      Then it holds for <what>
      Examples: all
        | what |
        | a    |
        | b    |
        | c    |
  Rule: Second
    @slow
    Scenario: three
      Then it holds
"""
SECONDS = {"one": 3.0, "three": 1.0} | {f"two -- @1.{n} all": 3.0 for n in (1, 2, 3)}


@pytest.fixture(autouse=True)
def recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(sharing, "DURATIONS", tmp_path / "durations.json")
    sharing.record({"long": SECONDS})


def feature(text: str = TEXT):
    return parse_feature(text, filename="features/long.feature")


def names(part) -> list[str]:
    return [one.name for one in part.walk_scenarios()]


def test_each_scenario_is_in_one_part_and_they_are_about_as_long():
    whole = feature()
    made = in_parts([whole])
    assert [name for part in made for name in names(part)] == names(whole)
    assert [names(part) for part in made] == [
        ["one", "two -- @1.1 all"], ["two -- @1.2 all", "two -- @1.3 all"], ["three"],
    ]  # fmt: skip


def test_a_part_is_the_feature_to_whoever_looks_at_it():
    """Name, tags, rules, backgrounds and outlines, from the top and from a scenario's side."""
    whole = feature()
    first, second, third = in_parts([whole])
    assert {part.name for part in (first, second, third)} == {"A long one"}
    assert [[rule.name for rule in part.run_items] for part in (first, second, third)] == [
        ["First"], ["First"], ["Second"],
    ]  # fmt: skip
    for part in (first, second, third):
        for scenario in part.walk_scenarios():
            assert scenario.feature is part
            assert "kafka" in scenario.effective_tags
            top = scenario
            while top.parent is not None:
                top = top.parent
            assert top is part
    assert [step.name for step in second.walk_scenarios()[0].all_steps] == [
        "a start", "its own", "it holds for b",
    ]  # fmt: skip


def test_what_befalls_a_part_befalls_no_other():
    first, second, _ = in_parts([feature()])
    first.skip("not here")
    assert [one.should_skip for one in first.walk_scenarios()] == [True, True]
    assert [one.should_skip for one in second.walk_scenarios()] == [False, False]
    assert not second.skip_reason


def test_a_short_feature_stays_whole():
    sharing.record({"long": dict.fromkeys(SECONDS, 0.5)})
    whole = feature()
    assert in_parts([whole]) == [whole]


@pytest.mark.parametrize("tag", sorted(parts.WHOLE))
def test_what_needs_a_broker_of_its_own_stays_whole(tag):
    """Else each worker that meets a part of it starts one."""
    whole = feature(TEXT.replace("@kafka", f"@{tag}"))
    made = in_parts([whole])
    assert len(made) == 1
    assert made[0] is whole


def test_two_parts_of_a_feature_leave_two_junit_files(tmp_path):
    """behave names the file after the feature alone."""
    runner = ClaimingRunner(
        SimpleNamespace(run_folder=str(tmp_path), junit_directory=str(tmp_path / "junit"))
    )
    folders = [runner.config.junit_directory for _ in runner._claimed(["a", "a"])]
    assert folders == [str(tmp_path / "junit" / n) for n in "01"]
