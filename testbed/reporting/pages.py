"""The specification with its last verdict: pages without scripts, as a folder and as one file.

The folder keeps its styles and pictures in files of their own, so that it also shows under a
content policy that allows nothing but those; the one file holds all, for sending it on.
"""

import base64
import csv
import io
import shutil
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from testbed.reporting import outline
from testbed.reporting.gathered import Evidence, Gathered, gather
from testbed.reporting.overview import TONE_OF, WORDS, Overview, moment
from testbed.reporting.record import ScenarioResult
from testbed.reporting.runs import RuleVerdict, Verdicts
from testbed.reporting.summary import Summary
from testbed.reporting.text import harmless

TEMPLATES = Path(__file__).with_name("templates")
PAGE, FOLDER = "specification.html", "specification"
MOST_BROKEN = 6  # promises named above everything else
STYLES = ("verdict", "specification")
SIGNS = {"good": "✓", "bad": "✗", "unsure": "!", "off": "–"}
PROMISES = {  # by verdict: tone and word
    "HELD": ("good", "kept"),
    "BROKEN": ("bad", "broken"),
    "UNKNOWN": ("unsure", "no verdict"),
    "NOT ASKED": ("off", "not asked"),
}
NEVER = "never run"
FOLDED = ("Ledger", "Timeline", "Latency", "Play it again")  # of a scenario that passed
LOUD = ("Ledger", "Promises", "Service levels")  # tables; other text is folded


class Shown(NamedTuple):
    """One piece of evidence as a page shows it: a picture, rows, or text."""

    name: str
    picture: str = ""
    rows: Sequence[Sequence[str]] = ()
    text: str = ""


class Pages:
    """Renders one run; ``write`` makes both forms."""

    def __init__(self, reports: Path, view: Overview, summary: Summary, verdicts: Verdicts,
                 results: list[ScenarioResult]):  # fmt: skip
        self._reports, self._view, self._summary = reports, view, summary
        self._allure = reports / "allure-results"
        self.evidence: Evidence = gather(self._allure)
        self._verdicts = {(one.file, one.rule): one for one in verdicts.rules}
        self._results: dict[tuple[str, int], ScenarioResult] = {}
        for one in results:  # of several passes, one that did not pass
            key = (_posix(one.file), one.line)
            if key not in self._results or one.status in ("failed", "error"):
                self._results[key] = one
        self._pictures: dict[str, str] = {}

    def write(self) -> Path:
        """Both forms; the path of the one file."""
        folder = self._reports / FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "style.css").write_text(_css(*STYLES), encoding="utf-8")
        page = self._page(single=False, picture=partial(self._beside, folder))
        (folder / "index.html").write_text(page, encoding="utf-8")
        target = self._reports / PAGE
        target.write_text(self._page(single=True, picture=self._within), encoding="utf-8")
        return target

    def _page(self, *, single: bool, picture) -> str:
        allure = ("" if single else "../") + "allure-report/index.html"
        known = self._results.values()
        return (
            _environment()
            .get_template("specification.html.j2")
            .render(
                view=self._view,
                summary=self._summary,
                features=[self._feature(one, allure, picture) for one in outline.capabilities()],
                glossary=Markup(outline.glossary()),
                sentences=outline.sentences(),
                single=single,
                css=Markup(_css(*STYLES)),
                allure=allure,
                most=MOST_BROKEN,
                anchor=anchor,
                address=lambda result: f"#{anchor(result)}" if result in known else "#broken",
                promises=PROMISES,
            )
        )

    def _feature(self, one: outline.Capability, allure: str, picture) -> dict:
        rules = [self._rule(one, rule, allure, picture) for rule in one.rules]
        tones = [rule["tone"] for rule in rules]
        tone = next((tone for tone in ("bad", "unsure", "good") if tone in tones), "off")
        words = [rule["word"] for rule in rules if rule["tone"] == tone]
        return one._asdict() | {"slug": one.slug, "rules": rules, "tone": tone, "word": words[0]}

    def _rule(self, feature: outline.Capability, rule: outline.Promise, allure, picture) -> dict:
        verdict = self._verdicts.get((feature.file, rule.title))
        return {
            "title": rule.title,
            "tone": TONE_OF[verdict.status] if verdict else "off",
            "word": WORDS[verdict.status] if verdict else NEVER,
            "told": _told(verdict) if verdict else "",
            "situations": [self._situation(feature, one, allure, picture)
                           for one in rule.situations],
        }  # fmt: skip

    def _situation(self, feature, one: outline.Situation, allure: str, picture) -> dict:
        result = self._results.get((feature.file, one.line))
        tone = TONE_OF[result.status] if result else "off"
        found = self.evidence.of(result) if result else None
        return {
            "name": one.name,
            "steps": one.steps,
            "anchor": f"{feature.slug}-{one.line}",
            "tone": tone,
            "sign": SIGNS[tone],
            "duration": f"{result.duration_s:.1f} s" if result and tone != "off" else "",
            "reason": result.reason if result else "",
            "evidence": list(self._shown(found, picture, passed=tone == "good")) if found else [],
            "allure": f"{allure}#{found.address}" if found else "",
        }

    def _shown(self, found: Gathered, picture, *, passed: bool):
        for piece in found.attachments:
            if passed and piece.name not in FOLDED:
                continue
            path = self._allure / Path(piece.source).name
            if not path.is_file():
                continue
            if piece.type == "image/svg+xml":
                yield Shown(piece.name, picture=picture(path))
            elif piece.type == "text/csv" and piece.name in LOUD:
                rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
                yield Shown(piece.name, rows=list(rows))
            elif not piece.name.startswith("Broken: "):  # the reason has told it
                yield Shown(piece.name, text=path.read_text(encoding="utf-8", errors="replace"))

    @staticmethod
    def _beside(folder: Path, path: Path) -> str:
        shutil.copyfile(path, folder / path.name)
        return path.name

    @staticmethod
    def _within(path: Path) -> str:
        return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def anchor(result: ScenarioResult) -> str:
    """Where a scenario stands in the page."""
    return f"{Path(_posix(result.file)).stem}-{result.line}"


def verdict(view: Overview, evidence: Evidence) -> str:
    """The same first screen for Allure's page: static HTML with its own styles."""

    def address(result: ScenarioResult) -> str:
        found = evidence.of(result)
        return f"#{found.address}" if found else "#"

    block = _environment().get_template("verdict.html.j2")
    block = block.render(view=view, most=MOST_BROKEN, address=address)
    return f"<style>\n{_css('verdict', 'allure')}</style>\n{block}"


def _told(verdict: RuleVerdict) -> str:
    when = moment(verdict.at)
    if verdict.status == "skipped":
        return f"{verdict.why} ({when})"
    return f"{verdict.passed} of {verdict.asked} scenarios kept it ({when})"


def _posix(file: str) -> str:
    return file.replace("\\", "/")


@cache
def _css(*names: str) -> str:
    return "".join((TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in names)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        auto_reload=False,
    )


def _visible(value):
    """Text from outside without signs that hide or reorder it; our own markup as it is."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else harmless(value)
