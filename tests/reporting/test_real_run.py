"""The report of a run that took place, in a real browser.

``LOOK_AT_RUNS`` names its reports folder, or several, apart by the system's path separator.
"""

import os
from pathlib import Path

import pytest

from tests.reporting.opened import WIDTHS, RealRun, legible, look, open_attachments, open_scenario

REAL = [Path(one) for one in os.environ.get("LOOK_AT_RUNS", "").split(os.pathsep) if one]


@pytest.mark.timeout(900)
@pytest.mark.skipif(not REAL, reason="LOOK_AT_RUNS names no reports folder")
@WIDTHS
@pytest.mark.parametrize("reports", REAL, ids=str)
def test_a_run_that_took_place_opens_whole(visit, reports, size):
    """Every scenario, attachment and picture of it."""
    run = RealRun(reports)
    assert run.results, "a run has scenarios"
    tab = visit(run.allure, size)
    tab.locator('[data-testid="tree-content"]').first.wait_for()
    look(tab, f"real-{reports.name}", size)
    for result in run.results:
        open_scenario(tab, run, result)
        open_attachments(tab, run.attachments(result), f"{reports.name}-{result.status}", size)
        legible(tab)
