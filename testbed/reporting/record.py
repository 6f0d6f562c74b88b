"""One line per scenario: what a run leaves for the summary, whoever reads it."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

# The order in which people read: the guide's seven, then what goes beyond it.
FEATURE_ORDER = (
    "broker_connectivity", "topic_management", "producer_publishing", "end_to_end_flow",
    "schema_validation", "dead_letter_queue", "consumer_resilience",
    "delivery_guarantees", "rebalancing", "broker_outages", "broker_cluster", "network_faults",
    "transactions", "ordering", "observability", "service_levels", "security",
)  # fmt: skip

LEFT_BY_A_RUN = (
    *("results/*.jsonl", "allure-results/*", "history/*.jsonl", "junit/*.xml", "trace/*.jsonl"),
)
STATUSES = ("passed", "failed", "error", "skipped")
PASS = "TESTBED_PASS"  # the name of a pass, set where a run makes several over the features


class PromiseResult(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What one promise said in one scenario. ``verdict``: HELD, BROKEN or UNKNOWN.

    ``reason``: the story of a broken one, or why it is unknown or was not asked.
    """

    promise: str
    title: str
    verdict: str
    examined: int = 0
    reason: str = ""
    applies: bool = True


class ScenarioResult(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One scenario of one run.

    ``status``: failed = a promise broke, error = the bench did, skipped = did not apply.
    ``reason``: what broke, or why it was skipped; its first line says it in short.
    ``figures``: messages_sent, predictions_received, dead_letters_received, success_rate (%),
    customer_id_overlap, and whatever else was measured.
    """

    feature: str
    file: str
    scenario: str
    status: str
    line: int = 0
    rule: str = ""
    tags: list[str] = []
    duration_s: float = 0.0
    reason: str = ""
    promises: list[PromiseResult] = []
    figures: dict[str, float | int | str] = {}
    history: str = ""

    @property
    def place(self) -> str:
        """Where it stands, as behave takes it on its command line."""
        return f"{self.file}:{self.line}"

    @property
    def headline(self) -> str:
        """The reason in one line."""
        return self.reason.strip().splitlines()[0] if self.reason.strip() else ""


def start_run(reports: Path) -> None:
    """Forget the run before: its results must not stand in the reports of the next."""
    for pattern in LEFT_BY_A_RUN:
        for path in reports.glob(pattern):
            if path.is_file():
                path.unlink(missing_ok=True)


def own_folder(reports: Path) -> Path:
    """Where this process keeps histories and logs: its own pass's folder, where it has one."""
    return reports / os.environ.get(PASS, "")


def append(reports: Path, result: ScenarioResult) -> None:
    """Add one scenario to this process's own file: workers never share one."""
    folder = reports / "results"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{os.getpid()}.jsonl", "ab") as file:
        file.write(msgspec.json.encode(result) + b"\n")


def read_all(reports: Path) -> list[ScenarioResult]:
    """Every scenario of the run, features in reading order, scenarios as they stand in them.

    A last line that a killed worker left half written is passed over; any other bad line
    raises ``ValueError`` that names it.
    """
    results = []
    for path in sorted((reports / "results").glob("*.jsonl")):
        results += _read(path)
    return sorted(results, key=_reading_order)


def files(reports: Path) -> set[Path]:
    """One for each process that has recorded anything so far."""
    return set((reports / "results").glob("*.jsonl"))


def verdicts(paths: Iterable[Path]) -> dict[str, str]:
    """How each scenario in these files ended, by its place."""
    return {one.place: one.status for path in sorted(paths) for one in _read(path)}


def feature_rank(file: str) -> tuple[int, str]:
    """Sorts feature files as people read them; unknown ones come last, by name."""
    stem = Path(file.replace("\\", "/")).stem
    known = FEATURE_ORDER.index(stem) if stem in FEATURE_ORDER else len(FEATURE_ORDER)
    return known, stem


def _reading_order(result: ScenarioResult) -> tuple:
    return *feature_rank(result.file), result.line, result.scenario


def _read(path: Path) -> list[ScenarioResult]:
    data = path.read_bytes()
    lines = data.split(b"\n")
    half_written = lines.pop()  # empty where the last line is whole
    results = []
    for number, line in enumerate(lines, 1):
        try:
            results.append(msgspec.json.decode(line, type=ScenarioResult))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise ValueError(f"{error} - at line {number} of {path}") from error
    if half_written:
        results += _decoded_or_nothing(half_written)
    return results


def _decoded_or_nothing(line: bytes) -> list[ScenarioResult]:
    try:
        return [msgspec.json.decode(line, type=ScenarioResult)]
    except (msgspec.DecodeError, msgspec.ValidationError):
        return []
