"""The HTML report: Allure 3, one file that opens from anywhere and asks nobody for anything."""

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from testbed.errors import BenchError
from testbed.limits import Limits
from testbed.reporting import node
from testbed.reporting.allure_run import CATEGORIES

TITLE = "Kafka integration tests"
HISTORY = "allure-history.jsonl"  # stays from run to run: the trend
KEPT_RUNS = 50
# Labels that only repeat feature and rule for older readers of the results, or help nobody.
REPEATED = ("parentSuite", "suite", "rule", "framework", "language")
DAMAGED = ("Cannot find", "ERR_MODULE_NOT_FOUND", "SyntaxError")
ANALYTICS = re.compile(
    r"<script[^>]*googletagmanager\.com.*?</script>\s*<script>.*?</script>", re.DOTALL
)
# Nothing may leave the page, whatever is attached to it: no host stands in this list.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'unsafe-inline' data: blob:; img-src data: blob:; font-src data: blob:; "
    "media-src data: blob:; connect-src data: blob:; frame-src data: blob:; worker-src data: blob:"
)
# Allure scrolls to its first row when it opens; the verdict stands above it.
TOP = """<script>
(() => {
  let untouched = !location.hash;
  const settle = () => { untouched = false; };
  for (const deed of ["wheel", "keydown", "pointerdown", "touchstart"])
    addEventListener(deed, settle, {capture: true, once: true});
  setTimeout(settle, 5000);
  document.addEventListener("scroll", (event) => {
    const place = event.target === document ? document.scrollingElement : event.target;
    if (untouched && place.scrollTop) place.scrollTop = 0;
  }, true);
})();
</script>"""


def build(reports: Path, limits: Limits, say: Callable[[str], None]) -> Path | None:
    """Build ``allure-report/index.html`` from ``allure-results``; its path.

    Never changes a run's verdict: where it cannot be built it says why and what to do, and
    returns None.
    """
    try:
        return _build(reports, limits, say)
    except (BenchError, OSError) as error:
        say(f"The HTML report was not built: {error}")
        return None


def _build(reports: Path, limits: Limits, say: Callable[[str], None]) -> Path | None:
    results = reports / "allure-results"
    if not any(results.glob("*-result.json")):
        raise BenchError(f"Expected Allure results, got none - {results}")
    with tempfile.TemporaryDirectory(prefix="churn-testbed-report-") as folder:
        page = _generate(results, Path(folder), reports / HISTORY, limits, say)
        text = _made_ours(page.read_text(encoding="utf-8"))
        target = reports / "allure-report" / "index.html"
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir(parents=True)
        target.write_text(text, encoding="utf-8")
    return target


def _generate(results: Path, folder: Path, history: Path, limits: Limits, say) -> Path:
    config = folder / "allurerc.json"
    config.write_bytes(msgspec.json.encode(_config(history)))
    arguments = ["generate", "--config", str(config), "--output", str(folder / "report"),
                 str(results.resolve())]  # fmt: skip

    def generate() -> None:
        found, tool = node.ensure_tool(say, limits)
        node.run([*found.node, str(tool), *arguments], cwd=folder, within_s=limits.report_s,
                 what="Allure")  # fmt: skip

    try:
        generate()
    except BenchError as error:
        if not any(sign in error.cause for sign in DAMAGED):
            raise
        node.forget_tool()
        generate()
    return folder / "report" / "index.html"


def _config(history: Path) -> dict:
    options = {
        "reportName": TITLE,
        "singleFile": True,
        "reportLanguage": "en",
        "groupBy": ["feature", "story"],
    }
    return {
        "name": TITLE,
        "historyPath": str(history.resolve()),
        "historyLimit": KEPT_RUNS,
        "hideLabels": list(REPEATED),
        "plugins": {"awesome": {"options": options}},
        "categories": [
            {"name": name, "matchers": {"statuses": [status]}, "expand": True}
            for name, status in CATEGORIES
        ],
    }


def _made_ours(page: str) -> str:
    """Without the analytics service, which has no option; shut to the world; opened at its top."""
    page = ANALYTICS.sub("", page)
    if "googletagmanager" in page:
        raise BenchError("Allure's page has changed: its analytics could not be taken out")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    head = '<meta charset="utf-8">'
    if head not in page:
        raise BenchError("Allure's page has changed: it could not be shut to the world")
    return page.replace(head, f"{head}\n    {meta}\n    {TOP}", 1)
