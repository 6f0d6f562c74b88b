"""Draws the results of `bench.consumers` as one small SVG: `python -m bench.plot A.json B.json`.

Bars on a logarithmic scale, each from the least of its scale to the median; a line across its
end goes from the least to the most of the turns. No scripts, links or foreign parts; it follows
the reader's light or dark setting.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from html import escape
from math import log10
from pathlib import Path
from typing import NamedTuple

from bench.telling import grouped, spread

WIDTH, LEFT, RIGHT, BAR, STEP, TOP = 640, 190, 90, 14, 22, 34
PANELS = {
    "preloaded": ("records_per_s", "Records a second, preloaded"),
    "instances": ("records_per_s", "Records a second, by instances"),
    "invalid": ("records_per_s", "Records a second, by share of invalid records"),
    "paced": ("p99_ms", "p99 of the wait at a steady rate, ms"),
}
STYLE = (
    "svg{color-scheme:light dark;font:13px system-ui,sans-serif;--paper:#fff;--ink:#24292f;"
    "--bar:#0969da}@media(prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;"
    "--bar:#58a6ff}}text{fill:var(--ink)}.paper{fill:var(--paper)}.bar{fill:var(--bar)}"
    ".range{stroke:var(--ink);stroke-width:2}"
)


class Bar(NamedTuple):
    """One candidate's figure over its turns."""

    name: str
    least: float
    middle: float
    most: float


def draw(panels: list[tuple[str, list[Bar]]]) -> str:
    """The picture as SVG text; a panel is its title and its bars."""
    parts, y = [], 0
    for title, bars in panels:
        parts += [
            f'<text x="8" y="{y + 20}" font-weight="600">{escape(title)} (logarithmic)</text>'
        ]
        parts += _panel(bars, y + TOP)
        y += TOP + STEP * len(bars) + 8
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" '
        f'aria-label="Consumers compared">\n<style>{STYLE}</style>\n'
        f'<rect class="paper" width="{WIDTH}" height="{y}"/>\n{body}\n</svg>\n'
    )


def _panel(bars: list[Bar], top: int) -> Iterator[str]:
    low = log10(min(bar.least for bar in bars)) - 0.3
    high = log10(max(bar.most for bar in bars))

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(value) - low) / (high - low)

    for place, (name, least, middle, most) in enumerate(bars):
        y = top + STEP * place
        half = y + BAR / 2
        yield f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
        yield (
            f'<rect class="bar" x="{LEFT}" y="{y}" width="{x(middle) - LEFT:.1f}" height="{BAR}"/>'
        )
        yield f'<path class="range" d="M{x(least):.1f} {half}H{x(most):.1f}"/>'
        yield f'<text x="{x(most) + 6:.1f}" y="{y + 12}">{middle:,.6g}</text>'


def panels(runs: list[dict]) -> list[tuple[str, list[Bar]]]:
    """A panel for each kind of run that there is."""
    found = []
    for kind, (figure, title) in PANELS.items():
        own = [run for run in runs if run["kind"] == kind]
        bars = [Bar(name, *spread(turns, figure)) for name, turns in grouped(own).items()]
        if bars:
            found.append((title, bars))
    return found


def main() -> int:
    """Read the results, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", nargs="+", type=Path, help="what bench.consumers printed")
    parser.add_argument("--output", type=Path, default=Path("docs/images/performance.svg"))
    options = parser.parse_args()
    told = [json.loads(path.read_text("utf-8")) for path in options.results]
    runs = [run for one in told for run in one["runs"]]
    options.output.write_text(draw(panels(runs)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
