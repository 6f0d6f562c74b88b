"""The HTML report: Allure 3, one file that opens from anywhere and asks nobody for anything."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from testbed.errors import BenchError
from testbed.limits import Limits
from testbed.reporting import node
from testbed.reporting.allure_page import made_ours
from testbed.reporting.allure_run import CATEGORIES

TITLE = "Kafka integration tests"
HISTORY = "allure-history.jsonl"  # stays from run to run: how each scenario ended before
KEPT_RUNS = 5  # in the page, which holds it twice; the verdict's own trend reaches further back
# Labels that only repeat feature and rule for older readers of the results, or help nobody.
REPEATED = ("parentSuite", "suite", "rule", "framework", "language")
DAMAGED = ("Cannot find", "ERR_MODULE_NOT_FOUND", "SyntaxError")


def build(
    reports: Path,
    limits: Limits,
    say: Callable[[str], None],
    finish: Callable[[str], str] = made_ours,
) -> Path | None:
    """Build ``allure-report/index.html`` from ``allure-results``; its path.

    ``finish`` makes the page ours: see ``allure_page.made_ours``.

    Never changes a run's verdict: where it cannot be built it says why and what to do, and
    returns None.
    """
    try:
        return _build(reports, limits, say, finish)
    except (BenchError, OSError) as error:
        say(f"The HTML report was not built: {error}")
        return None


def _build(reports: Path, limits: Limits, say, finish) -> Path:
    results = reports / "allure-results"
    if not any(results.glob("*-result.json")):
        raise BenchError(f"Expected Allure results, got none - {results}")
    with tempfile.TemporaryDirectory(prefix="churn-testbed-report-") as folder:
        page = _generate(results, Path(folder), reports / HISTORY, limits, say)
        slim(reports / HISTORY)
        text = finish(page.read_text(encoding="utf-8"))
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


def slim(history: Path) -> None:
    """Keep of earlier runs how each scenario ended; labels and messages stand in every page.

    A line that is damaged or of another form is left out.
    """
    lines = []
    for line in history.read_bytes().splitlines() if history.is_file() else ():
        try:
            run = msgspec.json.decode(line)
            for result in run["testResults"].values():
                result["labels"] = []
                for word in ("message", "trace", "error"):
                    result.pop(word, None)
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
            continue
        lines.append(msgspec.json.encode(run) + b"\n")
    history.write_bytes(b"".join(lines))
