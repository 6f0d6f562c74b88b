"""The page of promises tells what the checker asks."""

from pathlib import Path

import pytest

from testbed.checker import PROMISES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "promises.md").read_text("utf-8")
ROWS = {
    cells[1].strip().strip("`"): cells
    for line in PAGE.splitlines()
    if line.startswith("| `") and len(cells := line.split("|")) == 7
}


def test_the_page_lists_exactly_the_promises():
    assert set(ROWS) == {promise.slug for promise in PROMISES}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.slug)
def test_a_row_has_the_title_and_the_invariants(promise):
    row = ROWS[promise.slug]
    assert row[2].strip() == promise.title
    assert row[5].strip() == ", ".join(promise.about.covers)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.slug)
def test_a_rule_says_what_it_promises_how_and_what_it_cannot_see(promise):
    doc = __import__(promise.check.__module__, fromlist=["x"]).__doc__
    assert doc.startswith(promise.title + ".")
    for part in ("Promises: ", "Inferred from: ", "Cannot see: "):
        assert part in doc
