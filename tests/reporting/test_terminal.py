"""The verdict without a browser: a line for each rule, ten for what broke."""

from testbed.reporting.record import PromiseResult, ScenarioResult
from testbed.reporting.terminal import COLOURS, lines


def _result(rule="R", status="passed", file="features/f.feature", **more) -> ScenarioResult:
    return ScenarioResult(feature="F", file=file, rule=rule, scenario="S", status=status, **more)


def _texts(*results) -> list[str]:
    return [one.text for one in lines(list(results))]


def _broken(title="No event is lost", story=40) -> ScenarioResult:
    told = "\n".join([f"Promise broken: {title}", *(f"  line {n}" for n in range(story))])
    promise = PromiseResult(promise="p", title=title, verdict="BROKEN", reason=told)
    return _result(title, "failed", promises=[promise], line=7)


def test_one_line_for_each_rule_with_how_many_kept_it():
    assert _texts(
        _result("A"), _result("A"), _result("B", "error"), _result("A", file="g.feature")
    ) == [
        "KEPT        f: A (kept in 2 of 2)",
        "NO VERDICT  f: B (kept in 0 of 1)",
        "KEPT        g: A (kept in 1 of 1)",
    ]


def test_what_was_not_asked_says_why():
    assert _texts(_result(status="skipped", reason="no metrics")) == [
        "NOT ASKED   f: R: no metrics"]  # fmt: skip


def test_scenarios_without_a_rule_go_by_their_feature():
    assert _texts(_result("")) == ["KEPT        f: F (kept in 1 of 1)"]


def test_the_story_takes_ten_lines_and_names_the_scenario():
    texts = _texts(_broken())
    story = texts[texts.index("") + 1 :]
    assert story[0] == "BROKEN  No event is lost" and len(story) == 10
    assert story[1] == "  in features/f.feature:7  S" and story[2] == "    line 0"


def test_only_some_stories_are_told_and_the_rest_counted():
    texts = _texts(*(_broken(f"Promise {n}") for n in range(5)))
    assert texts.count("") == 3, "each story stands apart"
    assert texts[-1] == "… and 2 more, told in summary.txt"


def test_colours_are_told_apart_from_the_text():
    found = list(lines([_result(), _broken()]))
    assert [one.colour for one in found[:2]] == [COLOURS["passed"], COLOURS["failed"]]
    assert not any("\x1b" in one.text for one in found)


def test_nothing_from_outside_reaches_the_terminal_as_a_command():
    texts = _texts(_broken("\x1b[2Jgone\u202e"))
    assert not any("\x1b" in text or "\u202e" in text for text in texts)
