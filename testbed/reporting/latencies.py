"""A picture of how long events waited: a bar for each step of time, wider steps for longer times.

One SVG without scripts, links or foreign parts, in the reader's light or dark setting.
"""

from collections.abc import Iterable
from html import escape
from math import inf

EDGES_MS = (2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, inf)
WIDTH, LEFT, BAR, GAP, TOP = 420, 96, 14, 6, 34
STYLE = """
svg{color-scheme:light dark;font:13px system-ui,sans-serif;max-width:680px;
--paper:#fff;--ink:#24292f;--bar:#0969da}
@media(prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;--bar:#58a6ff}}
text{fill:var(--ink)}.paper{fill:var(--paper)}.bar{fill:var(--bar)}
"""


def histogram(seconds: Iterable[float]) -> list[tuple[str, int]]:
    """Steps of time in words, each with its number of events; empty steps at the ends are cut.

    An infinite time is that of an event without an answer.
    """
    times = [one * 1000 for one in seconds]
    counts, floor = [], -inf
    for edge in EDGES_MS:
        counts.append((_words(edge), sum(floor < one <= edge and one != inf for one in times)))
        floor = edge
    used = [place for place, (_, count) in enumerate(counts) if count]
    counts = counts[used[0] : used[-1] + 1] if used else []
    unanswered = times.count(inf)
    return counts + ([("no answer", unanswered)] if unanswered else [])


def draw(seconds: Iterable[float], title: str) -> str:
    """The histogram as SVG text."""
    bars = histogram(seconds)
    most = max((count for _, count in bars), default=1)
    height = TOP + len(bars) * (BAR + GAP) + GAP
    parts = [f'<text x="8" y="20" font-weight="600">{escape(title)}</text>']
    for place, (words, count) in enumerate(bars):
        y = TOP + place * (BAR + GAP)
        width = (WIDTH - LEFT - 60) * count / most
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(words)}</text>',
            f'<rect class="bar" x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}"/>',
            f'<text x="{LEFT + width + 6:.1f}" y="{y + 12}">{count}</text>',
        ]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="100%" '
        f'role="img" aria-label="{escape(title, quote=True)}">\n<style>{STYLE}</style>\n'
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>\n{body}\n</svg>\n'
    )


def _words(edge_ms: float) -> str:
    if edge_ms == inf:
        return "longer"
    return f"to {edge_ms:g} ms" if edge_ms < 1000 else f"to {edge_ms / 1000:g} s"
