"""The run as a timeline: a row for each process and lane, a bar for each span, as SVG."""

from html import escape

from testbed.tracing import Span

WIDTH, LEFT, ROW, GAP = 1200, 110, 16, 10
LEVELS = {"run": 0, "broker": 1, "report": 1, "scenario": 0, "step": 1}  # others lie below
DEPTH = 3
COLOURS = {
    "run": "#8a9099", "broker": "#b5651d", "report": "#6f5aa8", "scenario": "#8a9099",
    "step": "#4c78a8", "wait": "#e0a030", "prepare": "#54a24b", "finish": "#e45756",
    "judge": "#72b7b2", "close": "#9d755d", "evidence": "#6f5aa8",
}  # fmt: skip
STYLE = (
    "text{font:11px sans-serif;fill:#333}@media(prefers-color-scheme:dark){text{fill:#ddd}}"
    "rect:hover{opacity:.7}"
)


def svg(processes: dict[str, list[Span]]) -> str:
    """A picture of its own; a bar says what it is where the mouse rests on it."""
    rows = _rows(processes)
    spans = [span for _, row in rows for span in row]
    begin = min((one.begin for one in spans), default=0.0)
    whole_s = max((one.end for one in spans), default=1.0) - begin or 1.0
    scale = (WIDTH - LEFT - 10) / whole_s
    height = len(rows) * (ROW * DEPTH + GAP) + 50
    body = "".join(_row(n, name, row, begin, scale) for n, (name, row) in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">'
        f"<style>{STYLE}</style>{body}{_axis(whole_s, scale, height)}{_legend(height)}</svg>\n"
    )


def _rows(processes: dict[str, list[Span]]) -> list[tuple[str, list[Span]]]:
    rows = []
    for number, (name, spans) in enumerate(sorted(processes.items(), key=lambda p: p[0].isdigit())):
        title = name if not name.isdigit() else f"worker {number}"
        lanes = sorted({one.lane for one in spans})
        rows += [
            (f"{title} {lane}".strip(), [s for s in spans if s.lane == lane]) for lane in lanes
        ]
    return rows


def _row(number: int, name: str, spans: list[Span], begin: float, scale: float) -> str:
    top = number * (ROW * DEPTH + GAP) + 10
    bars = "".join(_bar(one, top, begin, scale) for one in spans)
    return f'<text x="4" y="{top + ROW}">{escape(name[:16])}</text>{bars}'


def _bar(span: Span, top: int, begin: float, scale: float) -> str:
    x = LEFT + (span.begin - begin) * scale
    y = top + LEVELS.get(span.kind, DEPTH - 1) * ROW
    told = escape(f"{span.kind}: {span.what} ({span.length_s:.2f} s)")
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{max(0.5, span.length_s * scale):.1f}" '
        f'height="{ROW - 2}" fill="{COLOURS.get(span.kind, "#bbb")}"><title>{told}</title></rect>'
    )


def _axis(whole_s: float, scale: float, height: int) -> str:
    step_s = next(s for s in (1, 2, 5, 10, 20, 60, 300, 3600) if whole_s / s <= 20 or s == 3600)
    ticks = range(0, int(whole_s) + 1, step_s)
    return "".join(
        f'<text x="{LEFT + at * scale:.0f}" y="{height - 24}">{at} s</text>' for at in ticks
    )


def _legend(height: int) -> str:
    return "".join(
        f'<rect x="{LEFT + n * 95}" y="{height - 16}" width="10" height="10" fill="{colour}"/>'
        f'<text x="{LEFT + n * 95 + 14}" y="{height - 7}">{kind}</text>'
        for n, (kind, colour) in enumerate(COLOURS.items())
    )
