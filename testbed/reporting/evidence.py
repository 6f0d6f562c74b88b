"""What stands beside a scenario in the report: figures, promises, picture, how to repeat it.

A scenario that did not pass also has what the logs said around the moment.

Only types that a browser shows and never runs: plain text, CSV, and our own SVG.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import allure

from testbed.checker import levels
from testbed.checker.tally import Tally
from testbed.checker.verdict import Finding, Verdict
from testbed.history import DEAD_LETTERS, PREDICTIONS, History, Outcome, Sent
from testbed.reporting import excerpts, latencies, series, timeline
from testbed.reporting.text import harmless, printable, story

FORMULA = re.compile(r"\s*(?:[=+@]|-(?![\d.]+$))")  # how one begins
ENOUGH = 2**18  # bytes of one attachment; a report stays small


class Piece(NamedTuple):
    """One attachment."""

    name: str
    mime_type: str
    extension: str
    body: str


class Logs(NamedTuple):
    """What may be quoted where a scenario did not pass.

    ``began``: when the scenario began, in seconds since 1970; ``broker``: its log, or none;
    ``hide``: blanks out what nobody may read.
    """

    began: float
    broker: Path | None
    hide: Callable[[str], str]


def attach(context, world, *, passed: bool) -> None:
    """Attach all evidence of ``world`` to the step or scenario that is open now.

    Does nothing where no Allure results are written, or before anything happened.
    """
    file = world.options.reports / "history" / f"{world.slug}.jsonl"
    logs = None if passed else Logs(world.began, world.broker_log, world.without_secrets)
    for piece in pieces(world.history, world.findings(), file, world.tally(), logs):
        allure.attach(piece.body, piece.name, piece.mime_type, piece.extension)


def pieces(
    history: History,
    findings: tuple[Finding, ...],
    file: Path,
    tally: Tally | None = None,
    logs: Logs | None = None,
) -> list[Piece]:
    """The evidence of one scenario; none for an empty history. What broke comes first."""
    if not len(history):
        return []
    found = _stories(history, findings, file)
    found.append(Piece("Ledger", "text/csv", "csv", _table(ledger(history, tally))))
    if findings:
        found.append(Piece("Promises", "text/csv", "csv", _table(_promises(findings))))
    found += _service_levels(history)
    found.append(Piece("Timeline", "image/svg+xml", "svg", timeline.draw(history, findings)))
    found += _logs(history, findings, file, logs) if logs else []
    found.append(Piece("Play it again", "text/plain", "txt", _again(history, file)))
    return [_capped(piece) for piece in found]


def _stories(history: History, findings: tuple[Finding, ...], file: Path) -> list[Piece]:
    """Each broken promise by its record's own story."""
    broken = [one for one in findings if one.verdict is Verdict.BROKEN]
    return [
        Piece(f"Broken: {printable(one.title)}", "text/plain", "txt",
              story(one, history, str(file)) + "\n")
        for one in broken
    ]  # fmt: skip


def _logs(history: History, findings: tuple[Finding, ...], file: Path, logs: Logs) -> list[Piece]:
    """What the service and the broker said around the first breach, or around the end."""
    moment = logs.began + _moment(history, findings)
    sources = [(f"Log of service {path.stem.rpartition('-')[2]}", path) for path in _own_logs(file)]
    sources += [("Log of the broker", logs.broker)] if logs.broker else []
    found = []
    for name, path in sources:
        said = harmless(logs.hide(excerpts.around(path, moment)))
        found.append(Piece(name, "text/plain", "txt", f"{said}\n\nAll of it: {path}\n"))
    return found


def _moment(history: History, findings: tuple[Finding, ...]) -> float:
    times = [one.at for finding in findings for one in finding.violations if one.at is not None]
    return min(times, default=series.end_of(history))


def _own_logs(file: Path) -> list[Path]:
    """Of the scenario's instances, by the name that the fleet gives them."""
    return sorted(file.parent.parent.glob(f"consumer-{file.stem}-[0-9]*.log"))


def _service_levels(history: History) -> list[Piece]:
    """What was timed in a scenario about it, with its limits, and how long events waited."""
    case = levels.timed(history)
    if case is None:
        return []
    limits = case.began.service_levels
    rows = [("figure", "measured", "at most")]
    for name, value in levels.figures(case).items():
        rows.append((name, f"{value:g}", f"{limits[name]:g}" if name in limits else "no limit"))
    found = [Piece("Service levels", "text/csv", "csv", _table(rows))]
    waited = [one.since_due for one in levels.delays(case)]
    if waited:
        picture = latencies.draw(waited, "Time from when an event was due to its answer")
        found.append(Piece("Latency", "image/svg+xml", "svg", picture))
    return found


def ledger(history: History, tally: Tally | None = None) -> list[tuple[str, str]]:
    """What went in, what came out, and how fast; as rows of two columns, the first is the head."""
    sent, outcomes = history.of(Sent), history.of(Outcome)
    acknowledged = [one for one in sent if one.outcome == "acknowledged"]
    rows = [
        ("events published", len(sent)),
        ("acknowledged by the broker", len(acknowledged)),
        ("owed an answer", tally.owed if tally else sum(bool(one.admits) for one in acknowledged)),
        ("scored", sum(one.role == PREDICTIONS for one in outcomes)),
        ("dead-lettered", sum(one.role == DEAD_LETTERS for one in outcomes)),
    ]
    if tally:
        rows += [("without an answer", tally.missing), ("answers beyond the first", tally.repeated),
                 ("answers for nobody", tally.strangers),
                 ("answers after the waiting had ended", tally.late)]  # fmt: skip
    delays = _delays(acknowledged, outcomes)
    if delays:
        rows += [("median time to a score (s)", f"{median(delays):.3f}"),
                 ("longest time to a score (s)", f"{max(delays):.3f}")]  # fmt: skip
    return [("what", "count"), *((name, str(value)) for name, value in rows)]


def _delays(sent: list[Sent], outcomes: list[Outcome]) -> list[float]:
    """From acknowledgement to sight of the first answer, where the event can be told by name."""
    begun: dict[str, float] = {}
    for one in sent:
        if one.identity:
            begun.setdefault(one.identity, one.at)
    first: dict[str, float] = {}
    for one in outcomes:
        if one.identity in begun:
            first.setdefault(one.identity, one.at)
    return [max(0.0, at - begun[identity]) for identity, at in first.items()]


def _promises(findings: tuple[Finding, ...]) -> list[tuple[str, ...]]:
    """Three columns: more would not fit on a telephone."""
    order = sorted(findings, key=lambda one: (bool(one.not_applicable), -one.verdict))
    rows = [("promise", "verdict", "because")]
    return rows + [(one.title, *map(printable, _word_and_why(one))) for one in order]


def _word_and_why(finding: Finding) -> tuple[str, str]:
    if finding.not_applicable:
        return "not asked", finding.not_applicable
    examined = f"{finding.examined} examined"
    if finding.verdict is Verdict.BROKEN:
        return "broken", f"{len(finding.violations)} of {examined}"
    if finding.verdict is Verdict.UNKNOWN:
        return "unknown", finding.reason
    return "held", examined


def _again(history: History, file: Path) -> str:
    began = history.began
    lines = [f"Again:    {began.replay}", f"History:  {file}",
             f"Verdict:  python -m testbed recheck {file}"]  # fmt: skip
    lines += [f"Log:      {path}" for path in _own_logs(file)]
    return harmless("\n".join(lines)) + "\n"


def _table(rows) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(map(_cells, rows))
    return buffer.getvalue()


def _cells(row: Iterable[str]) -> list[str]:
    """Text that no spreadsheet takes for a formula; figures stay figures."""
    shown = (printable(cell) for cell in row)
    return [f"'{cell}" if FORMULA.match(cell) else cell for cell in shown]


def _capped(piece: Piece) -> Piece:
    """An attachment beyond the limit is cut, and says so; a picture is bounded by itself."""
    size = len(piece.body.encode())
    if size <= ENOUGH or piece.mime_type == "image/svg+xml":
        return piece
    cut = piece.body.encode()[:ENOUGH].decode(errors="ignore")
    return piece._replace(body=f"{cut}\n… cut: {size} bytes in all\n")
