"""What the browser tests look at, and how: runs, scenarios, attachments, screenshots."""

import shutil
from pathlib import Path

import pytest

from testbed.reporting import outline, record
from testbed.reporting.gathered import gather

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
WIDE, NARROW = (1280, 800), (390, 844)
WIDTHS = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
LOOKS = outline.ROOT / "reports" / "screenshots"
LEAST_PX = 11.0  # of letters that are to be read
TITLE = '[data-testid="test-result-info-title"]'
ATTACHMENT = '[data-testid="test-result-attachment"]'
SMALLEST_LETTERS = """() => Math.min(...[...document.querySelectorAll('body *')]
  .filter(one => one.checkVisibility() && [...one.childNodes].some(
    child => child.nodeType === 3 && child.textContent.trim()))
  .map(one => parseFloat(getComputedStyle(one).fontSize)))"""
OVERFLOW = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
SPLIT_WORDS = """(shown) => [...shown.querySelectorAll('td, th')].filter(one => {
  const word = [...one.childNodes].find(child => /^\\w{1,6}$/.test(child.textContent.trim()));
  if (word?.nodeType !== 3) return false;
  const place = document.createRange(); place.selectNode(word);
  return new Set([...place.getClientRects()].map(line => Math.round(line.top))).size > 1;
}).map(one => one.innerText)"""


class RealRun:
    """A run that took place: its folder, its records and its pages."""

    def __init__(self, reports: Path):
        self.reports, self.results = reports, record.read_all(reports)
        self.allure = reports / "allure-report" / "index.html"
        self.single = reports / "specification.html"
        self.folder = reports / "specification" / "index.html"
        self._evidence = gather(reports / "allure-results")

    def address(self, result) -> str:
        """Of a scenario in Allure's page."""
        return self._evidence.of(result).address

    def attachments(self, result) -> list[str]:
        """The names of what is attached to a scenario."""
        return [piece.name for piece in self._evidence.of(result).attachments]


def look(tab, name: str, size) -> None:
    LOOKS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=LOOKS / f"{name}-{size[0]}.png")


def legible(tab) -> None:
    assert tab.evaluate(OVERFLOW) <= 0, "nothing lies beside the screen"
    assert tab.evaluate(SMALLEST_LETTERS) >= LEAST_PX


def open_scenario(tab, run: RealRun, result) -> None:
    tab.evaluate("(address) => { location.hash = address }", run.address(result))
    tab.locator(TITLE, has_text=result.scenario).wait_for()
    assert tab.locator(ATTACHMENT).count() == len(run.attachments(result))


def open_attachments(tab, names: list[str], kind: str, size) -> None:
    for place, name in enumerate(names):
        attached = tab.locator(ATTACHMENT).nth(place)
        assert name in attached.inner_text()
        attached.locator("button").first.click()
        shown = attached.locator("img, svg[role=img], pre, table, code")
        shown.first.wait_for()
        assert attached.evaluate(SPLIT_WORDS) == []
        if name == "Timeline":
            _picture_is_legible(tab, attached)
            attached.scroll_into_view_if_needed()
            look(tab, f"timeline-{kind}", size)


def _picture_is_legible(tab, attached) -> None:
    picture = attached.locator("img").first
    picture.wait_for()
    drawn = picture.evaluate("one => [one.naturalWidth, one.getBoundingClientRect().width]")
    assert drawn[0] > 0, "it was drawn"
    assert 13 * drawn[1] / 420 >= 10, "13 px of 420 stay letters"
