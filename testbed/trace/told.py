"""The budget in words: one table for the run, one for its scenarios."""

from testbed.trace.budget import Line, lines
from testbed.tracing import Span

RUNNER = "runner"
MOST_LINES, MOST_SCENARIOS = 25, 15


def text(processes: dict[str, list[Span]]) -> str:
    """For a terminal. ``processes``: the spans of each, as ``tracing.read`` gives them."""
    workers = {name: spans for name, spans in processes.items() if name != RUNNER}
    spans = [span for one in workers.values() for span in one]
    work = _work(lines(workers.values()))
    return "\n".join([*_run(processes.get(RUNNER, [])), *work, *_slowest(spans), ""])


def _run(spans: list[Span]) -> list[str]:
    told = [
        f"{one.length_s:8.2f} s  {one.kind}: {one.what}{' (beside the others)' * bool(one.lane)}"
        for one in spans
        if one.kind != "wait"  # for behave, most of them
    ]
    return ["The run", *told, ""] if told else []


def _work(found: list[Line]) -> list[str]:
    whole_s = sum(line.own_s for line in found) or 1.0
    told = [
        f"{_share(line.own_s, whole_s)} {line.times:5} x  {line.kind}: {line.what}"
        for line in found[:MOST_LINES]
    ]
    rest_s = sum(line.own_s for line in found[MOST_LINES:])
    rest = [f"{_share(rest_s, whole_s)}          everything else"] if rest_s else []
    title = f"The workers' time, {whole_s:.1f} s in all, each moment counted once"
    return [title, *told, *rest, ""]


def _share(seconds: float, whole_s: float) -> str:
    return f"{seconds:8.2f} s {seconds / whole_s:4.0%}"


def _slowest(spans: list[Span]) -> list[str]:
    scenarios = sorted((one for one in spans if one.kind == "scenario"), key=lambda s: -s.length_s)
    told = [f"{one.length_s:8.2f} s  {one.what}" for one in scenarios[:MOST_SCENARIOS]]
    return ["The longest scenarios", *told] if told else []
