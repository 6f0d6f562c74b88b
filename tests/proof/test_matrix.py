"""The matrix as text, as JSON, and as a page."""

import json

import pytest

from testbed.errors import UsageError
from testbed.proof import matrix, page
from testbed.proof.judging import Result, Row


def row(name: str = "drops", result: Result = Result.CAUGHT, **more) -> Row:
    return Row(
        **{
            "name": name, "group": "delivery", "what": "Drops | loses.", "result": result,
            "delivery": "at-least-once", "caught_by": ("no-loss",),
            "broken": {"no-loss": ["Fifty"]}, "took_s": 7.25,
        }
        | more
    )  # fmt: skip


HONEST = row("node", Result.PASSED, group="honest", caught_by=(), broken={}, scenarios=30)


def test_it_is_green_only_if_every_row_is():
    """And never over nothing."""
    assert matrix.Matrix(rows=[row(), HONEST]).green
    assert not matrix.Matrix(rows=[]).green
    for result in (Result.MISSED, Result.UNRELATED, Result.NO_VERDICT, Result.FALSE_ALARM):
        assert not matrix.Matrix(rows=[row(), row("other", result)]).green


def test_it_tells_the_figures():
    """How many were caught by the promise named, and what else there was."""
    rows = [row(), row("late", Result.BY_ANOTHER), row("sly", Result.MISSED), HONEST]
    told = matrix.summary(matrix.Matrix(rows=rows, took_s=90))
    assert "1 of 3 saboteurs caught by the promise named (33 %)" in told
    assert "1 of 1 honest consumers passed; 1 caught by another, 1 missed" in told
    assert "1 pairs of promise and situation seen broken, in 1.5 min" in told


def test_the_text_has_every_row_under_its_group():
    """With its result and how long it took."""
    text = matrix.text(matrix.Matrix(rows=[row(), HONEST]))
    assert "DELIVERY\n  drops: caught by no-loss (7.2 s)" in text
    assert "HONEST\n  node: passed" in text


def part(number: int, result: Result, **more) -> Row:
    return row("node", result, group="honest", part=f"{number}/2", caught_by=(), **more)


def test_a_consumer_that_met_the_features_in_parts_has_one_row():
    """The worst of its parts, with what broke, why, scenarios and seconds of all."""
    passed = part(1, Result.PASSED, broken={}, scenarios=40, took_s=60.0)
    red = part(2, Result.FALSE_ALARM, scenarios=30, took_s=30.5, why="it fell silent")
    assert "node (1/2): passed" in matrix.line(passed)
    other, one = matrix.whole([row(), passed, red])
    assert other == row()
    assert (one.result, one.part, one.why) == (Result.FALSE_ALARM, "", "it fell silent")
    assert (one.scenarios, one.took_s, one.broken) == (70, 90.5, {"no-loss": ["Fifty"]})


@pytest.mark.parametrize("worse", [Result.NO_VERDICT, Result.FALSE_ALARM])
def test_a_part_that_is_not_green_is_not_hidden_by_the_other(worse):
    """Whichever of them it is."""
    for results in ((worse, Result.PASSED), (Result.PASSED, worse)):
        (one,) = matrix.whole([part(number, result) for number, result in enumerate(results, 1)])
        assert one.result is worse


def test_it_is_written_as_text_and_json(tmp_path):
    """Both say the same."""
    matrix.write(matrix.Matrix(rows=[row(), row("sly", Result.MISSED)]), tmp_path)
    document = json.loads((tmp_path / "proof.json").read_text())
    assert document["green"] is False
    assert [one["result"] for one in document["rows"]] == ["caught", "missed"]
    assert "sly: missed" in (tmp_path / "proof.txt").read_text()


def test_rows_of_a_proof_before_are_kept(tmp_path):
    """A row that was made anew stands in place of the old one."""
    matrix.write(matrix.Matrix(rows=[row(), row("sly", Result.MISSED)]), tmp_path)
    rows = matrix.kept(tmp_path, [row("sly"), row("new")])
    assert [(one.name, one.result) for one in rows] == [
        ("drops", "caught"), ("sly", "caught"), ("new", "caught"),
    ]  # fmt: skip
    assert matrix.kept(tmp_path / "nowhere", [row()]) == [row()]
    (tmp_path / "proof.json").write_text("[]")
    with pytest.raises(UsageError, match="matrix of a proof"):
        matrix.kept(tmp_path, [])


def test_a_page_gets_the_matrix_between_its_marks(tmp_path):
    """What stands around it stays; a second time replaces the first."""
    path = tmp_path / "proof.md"
    path.write_text(f"# Before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    for _ in range(2):
        page.update(path, matrix.Matrix(rows=[row(), row("sly", Result.MISSED), HONEST]))
    text = path.read_text()
    assert text.startswith("# Before\n")
    assert text.endswith(f"{page.END}\nafter\n")
    assert "old" not in text
    assert text.count("| `drops` | Drops \\| loses. | `no-loss` | Fifty |") == 1
    assert "| `sly` | Drops \\| loses. | **missed** |" in text
    assert "| `node` | Drops \\| loses. | passed | 30 | 7 |" in text


def test_a_page_without_marks_is_refused(tmp_path):
    """Nothing is overwritten."""
    with pytest.raises(UsageError, match="marks"):
        page.update(tmp_path / "none.md", matrix.Matrix(rows=[row()]))
