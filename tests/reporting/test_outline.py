"""The features and the steps are read whole, without running them."""

from behave.parser import parse_file

from testbed.reporting import outline

FEATURE = """
@integration
Feature: Orders arrive
  In order to eat
  As a guest

  Background:
    Given a bench

  Scenario: Directly under it
    Then it works

  Rule: No order is lost
    Scenario Outline: Many <what>
      Given these
        | a | b |
        | 1 | 2 |
      Then "<what>" is text
        \"\"\"
        long
        \"\"\"

      Examples: fruit
        | what   |
        | apples |
        | pears  |
"""
STEPS = '''
"""About orders."""
from behave import given, then

@given("{count:d} orders " "wait for {name}")
@then("nothing")
def step_orders(context, count, name):
    """Put them
    there."""

def helper(): pass
'''
README = "# Title\n\n| a | b |\n|---|---|\n| <b>x</b> | [link](../docs/x.md) |\n\n## Words\n"


def _project(folder):
    (folder / "features").mkdir()
    (folder / "steps").mkdir()
    (folder / "features" / "orders.feature").write_text(FEATURE, encoding="utf-8")
    (folder / "features" / "broken.feature").write_text("  Then it has no feature\n", "utf-8")
    (folder / "features" / "README.md").write_text(README, encoding="utf-8")
    (folder / "steps" / "orders.py").write_text(STEPS, encoding="utf-8")
    return folder


def test_a_feature_is_read_with_its_rules_outlines_and_tables(tmp_path):
    (feature,) = outline.capabilities(_project(tmp_path))
    assert (feature.title, feature.file, feature.slug) == (
        "Orders arrive", "features/orders.feature", "orders")  # fmt: skip
    assert feature.why == ["In order to eat", "As a guest"]
    assert [one.words for one in feature.background] == ["a bench"]
    assert [rule.title for rule in feature.rules] == ["", "No order is lost"]
    apples, pears = feature.rules[1].situations
    assert (apples.name, pears.name) == ("Many apples", "Many pears")
    assert apples.line == 25 and apples.line != pears.line, "each row by its own line"
    assert apples.steps[0].table == [["a", "b"], ["1", "2"]] and apples.steps[1].text == "long"


def test_the_sentences_show_their_gaps_and_what_they_do(tmp_path):
    found = outline.sentences(_project(tmp_path))
    assert found == {"About orders.": [
        outline.Sentence("‹count› orders wait for ‹name›", "Given", "Put them there."),
        outline.Sentence("nothing", "Then", "Put them there.")]}  # fmt: skip


def test_the_glossary_keeps_tables_and_neither_tags_nor_links(tmp_path):
    html = outline.glossary(_project(tmp_path))
    assert "<table>" in html and "&lt;b&gt;x&lt;/b&gt;" in html and "link" in html
    assert "href" not in html and "Title" not in html and "<h3>Words</h3>" in html


def test_the_project_own_features_and_sentences_are_all_there():
    features = outline.capabilities()
    files = sorted((outline.ROOT / "features").glob("*.feature"))
    assert sorted(one.file for one in features) == [f"features/{path.name}" for path in files]
    assert features[0].slug == "broker_connectivity" and features[6].slug == "consumer_resilience"
    expected = sum(len(list(parse_file(str(path)).walk_scenarios())) for path in files)
    found = sum(len(rule.situations) for one in features for rule in one.rules)
    assert found == expected > 70
    steps = [path.read_text("utf-8") for path in (outline.ROOT / "steps").glob("*.py")]
    count = sum(text.count("\n@given(") + text.count("\n@when(") + text.count("\n@then(")
                for text in steps)  # fmt: skip
    assert sum(map(len, outline.sentences().values())) == count > 60
