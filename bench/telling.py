"""What the runs of the bench say: a table, and which of them may not count."""

from statistics import median

FIGURES = {
    "records_per_s": "records/s", "p50_ms": "p50 ms", "p95_ms": "p95 ms", "p99_ms": "p99 ms",
    "max_ms": "max ms", "rate": "events/s", "cpu_us": "CPU µs/record", "peak_mib": "peak MiB",
    "start_s": "first outcome s",
}  # fmt: skip
CASES = {"instances": "instances", "invalid": "invalid"}
WRONG = ("lost", "duplicated", "misplaced", "wrong_scores")


def wrong(run: dict) -> bool:
    """Whether a run may not count, however fast it was."""
    return any(run[what] for what in WRONG)


def grouped(runs: list[dict]) -> dict[str, list[dict]]:
    """The turns of each candidate, and of each case where there are several."""
    found: dict[str, list[dict]] = {}
    for run in runs:
        case = [f"{run[name]:g} {words}" for name, words in CASES.items() if name in run]
        found.setdefault(" ".join([run["candidate"], *case]), []).append(run)
    return found


def spread(turns: list[dict], figure: str) -> tuple[float, float, float]:
    """The least, the median and the most of the turns."""
    values = [turn[figure] for turn in turns]
    return min(values), median(values), max(values)


def table(runs: list[dict]) -> str:
    """A line for each candidate: median (least to most) of its turns, and what was wrong."""
    shown = {name: words for name, words in FIGURES.items() if name in runs[0]}
    lines = [f"| candidate | {' | '.join(shown.values())} | outcomes |"]
    lines.append("|---" * (len(shown) + 2) + "|")
    for name, turns in grouped(runs).items():
        cells = [_cell(*spread(turns, figure)) for figure in shown]
        lines.append(f"| {name} | {' | '.join(cells)} | {_outcomes(turns)} |")
    return "\n".join(lines)


def _cell(least: float, middle: float, most: float) -> str:
    return f"{middle:,.6g}" if least == most else f"{middle:,.6g} ({least:,.6g} to {most:,.6g})"


def _outcomes(turns: list[dict]) -> str:
    bad = [f"{what}: {turn[what]}" for turn in turns for what in WRONG if turn[what]]
    return f"WRONG ({'; '.join(bad)})" if bad else "right"
