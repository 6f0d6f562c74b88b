"""A picture of a scenario: events in, answers out, what is done and what waits, and what befell it.

One SVG without scripts, links or foreign parts; every text in it is escaped. It follows the
reader's light or dark setting, and its letters are legible on a telephone.
"""

from collections.abc import Iterable
from html import escape

from testbed.checker.verdict import Finding, Verdict
from testbed.history import History, Process
from testbed.reporting import series
from testbed.reporting.moments import Span, spans
from testbed.reporting.text import printable

WIDTH, LEFT, RIGHT = 420, 46, 12
PANEL, GAP, LANE, TOP, ROW = 92, 40, 34, 24, 16
LETTER = 7.3  # width of one, at most
LANES = 12  # lanes drawn; the history has them all
BREACHES = 8  # red lines drawn
OFTEN = 3
FLAGS = 3  # rows of words above the shades; what finds no place stands in its lane
HINTS = {"down": "red: down", "frozen": "blue: frozen"}
STYLE = """
svg{color-scheme:light dark;font:13px system-ui,sans-serif;max-width:680px;
--paper:#fff;--ink:#24292f;--faint:#d0d7de;--in:#0969da;--out:#1a7f37;--bad:#cf222e;
--down:#cf222e;--frozen:#0969da;--fault:#bc4c00;--rebalance:#8250df;
--p0:#0969da;--p1:#bc4c00;--p2:#8250df;--p3:#1a7f37}
@media(prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;--faint:#3d444d;--in:#58a6ff;
--out:#3fb950;--bad:#ff7b72;--down:#ff7b72;--frozen:#58a6ff;--fault:#f0883e;--rebalance:#d2a8ff;
--p0:#58a6ff;--p1:#f0883e;--p2:#d2a8ff;--p3:#3fb950}}
text{fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:4px}.paper{fill:var(--paper)}.axis{stroke:var(--faint);fill:none}
.line{fill:none;stroke-width:2.2;stroke-linejoin:round}.bar{opacity:.85}.shade{opacity:.13}
.breach{stroke:var(--bad);stroke-width:1.6;stroke-dasharray:4 3}.kill{stroke:var(--down);
stroke-width:1.6}
"""


def draw(history: History, findings: Iterable[Finding] = ()) -> str:
    """The whole picture as SVG text. An empty history gives an empty picture, not an error."""
    return _Picture(history, findings).svg()


class _Picture:
    """Draws downwards: each part takes its height and moves ``y``."""

    def __init__(self, history: History, findings: Iterable[Finding]):
        self._history, self._findings = history, list(findings)
        self._end = series.end_of(history)
        self._spans = spans(history, self._end)
        self._parts: list[str] = []
        self._behind: list[str] = []  # what befell it, under the lines and words
        self._y = TOP

    def svg(self) -> str:
        """Everything, on its paper."""
        self._title()
        top = self._flags()
        self._counts()
        self._partitions("Done (committed)", series.done(self._history))
        self._partitions("Waiting (lag)", series.waiting(self._history))
        bottom = self._y - GAP + 12
        self._shades(top, bottom)
        self._kills(top, bottom)
        self._breaches(top, bottom)
        self._lanes()
        self._seconds()
        body = "\n".join([*self._behind, *self._parts])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self._y:.0f}" '
            f'width="100%" role="img" aria-label="Timeline of the scenario">\n'
            f"<style>{STYLE}</style>\n"
            f'<rect class="paper" width="{WIDTH}" height="{self._y:.0f}"/>\n{body}\n</svg>\n'
        )

    def _title(self) -> None:
        broken = [one for one in self._findings if one.verdict is Verdict.BROKEN]
        for one in broken[:3]:
            self._text(LEFT, self._y, f"Broken: {one.title}", "var(--bad)", limit=50)
            self._y += 20
        self._y += 8

    def _flags(self) -> float:
        """Words above what is shaded, where there is place for them; where the shades begin."""
        ends = [0.0] * FLAGS
        top = self._y
        for at, kind, text in self._words():
            length = LETTER * len(text)
            x = max(LEFT, min(self._x(at), WIDTH - RIGHT - length))
            row = next((row for row, end in enumerate(ends) if x > end), None)
            if row is not None:
                ends[row] = x + length + LETTER
                self._text(x, top + row * ROW, text, f"var(--{kind})")
        used = sum(bool(end) for end in ends)
        self._y += used * ROW + (GAP - ROW if used else 0)
        return top + max(0, used - 1) * ROW + 5

    def _words(self) -> list[tuple[float, str, str]]:
        """When, of which kind, and what; what happened often is told once, with how often."""
        times: dict[tuple[str, str], list[float]] = {}
        for span in self._spans:
            if span.kind != "down":
                text = "frozen" if span.kind == "frozen" else span.words
                times.setdefault((span.kind, text), []).append(span.begin)
        times[("down", "killed")] = self._killed()
        found = []
        for (kind, text), moments in times.items():
            if len(moments) > OFTEN:
                found.append((moments[0], kind, f"{text} {len(moments)} times"))
            else:
                found += [(at, kind, text) for at in moments]
        return sorted(found)

    def _killed(self) -> list[float]:
        return [one.at for one in self._history.of(Process) if one.what == "killed"]

    def _counts(self) -> None:
        lines = [
            ("published", series.published(self._history), "var(--in)"),
            ("answered", series.answered(self._history), "var(--out)"),
        ]
        told = [(f"{name} {points[-1][1] if points else 0}", points, colour)
                for name, points, colour in lines]  # fmt: skip
        self._panel("Events", told, steps=True)

    def _partitions(self, title: str, by_partition: dict[int, series.Points]) -> None:
        lines = [(str(partition), points, f"var(--p{partition % 4})")
                 for partition, points in by_partition.items()]  # fmt: skip
        if lines:
            self._panel(f"{title}, partition", lines, steps=False)

    def _panel(self, title: str, lines: list, *, steps: bool) -> None:
        top, bottom = self._y, self._y + PANEL
        most = max((value for _, points, _ in lines for _, value in points), default=0)
        self._legend(title, lines, top - 8)
        self._parts.append(f'<path class="axis" d="M{LEFT} {top}V{bottom}H{WIDTH - RIGHT}"/>')
        if most:
            self._text(LEFT - 6, top + 10, _short(most), anchor="end")
        self._text(LEFT - 6, bottom, "0", anchor="end")
        for _, points, colour in lines:
            if points:
                path = self._path(points, most or 1, top, steps=steps)
                self._parts.append(f'<path class="line" stroke="{colour}" d="{path}"/>')
        self._y = bottom + GAP

    def _legend(self, title: str, lines: list, y: float) -> None:
        self._text(LEFT, y, title, weight=600)
        x = LEFT + 14 + LETTER * len(title)
        for name, _, colour in lines[:6]:
            self._parts.append(
                f'<rect x="{x:.0f}" y="{y - 9:.0f}" width="10" height="10" fill="{colour}"/>'
            )
            self._text(x + 14, y, name)
            x += 26 + LETTER * len(name)

    def _path(self, points: series.Points, most: float, top: float, *, steps: bool) -> str:
        places = [(self._x(at), top + PANEL * (1 - value / most)) for at, value in points]
        if not steps:
            return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        first = f"M{places[0][0]:.1f} {top + PANEL}"
        return first + "".join(f"H{x:.1f}V{y:.1f}" for x, y in places) + f"H{self._x(self._end)}"

    def _shades(self, top: float, bottom: float) -> None:
        for span in self._spans:
            self._behind.append(self._rect(span, top, bottom - top, "shade"))

    def _kills(self, top: float, bottom: float) -> None:
        for at in self._killed():
            self._upright("kill", at, top, bottom)

    def _upright(self, css: str, at: float, top: float, bottom: float) -> None:
        x = self._x(at)
        self._behind.append(
            f'<line class="{css}" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.0f}" y2="{bottom:.0f}"/>'
        )

    def _breaches(self, top: float, bottom: float) -> None:
        times = [one.at for finding in self._findings for one in finding.violations
                 if one.at is not None]  # fmt: skip
        for at in sorted(set(times))[:BREACHES]:
            self._upright("breach", at, top, bottom)

    def _lanes(self) -> None:
        """One lane per instance and per name of a fault; up time is drawn solid."""
        lanes: dict[str, list[Span]] = {}
        for span in sorted([*self._up_times(), *self._spans]):
            kind = span.kind
            name = " ".join(span.words.split()[:2]) if kind in ("up", "down", "frozen") \
                else span.words  # fmt: skip
            lanes.setdefault(name, []).append(span)
        for name, lane in list(lanes.items())[:LANES]:
            told = [hint for kind, hint in HINTS.items() if any(one.kind == kind for one in lane)]
            self._text(LEFT, self._y, name + (f" ({', '.join(told)})" if told else ""))
            for span in lane:
                self._parts.append(self._rect(span, self._y + 5, 9, "bar"))
            self._y += LANE

    def _up_times(self) -> list[Span]:
        """From start to end of each process, with what it was not able to do cut out."""
        found: list[Span] = []
        since: dict[int, float] = {}
        for event in self._history.of(Process):
            name = f"service {event.instance}"
            if event.what in ("started", "resumed"):
                since.setdefault(event.instance, event.at)
            elif event.what in ("killed", "exited", "paused") and event.instance in since:
                found.append(Span(since.pop(event.instance), event.at, "up", name))
        return found + [Span(at, self._end, "up", f"service {n}") for n, at in since.items()]

    def _seconds(self) -> None:
        for part in range(5):
            at = self._end * part / 4
            anchor = ("start", "middle", "middle", "middle", "end")[part]
            self._text(self._x(at), self._y, f"{at:.1f} s", anchor=anchor)
        self._y += 14

    def _rect(self, span: Span, y: float, height: float, css: str) -> str:
        x = self._x(span.begin)
        width = max(2.0, self._x(span.end) - x)
        colour = "var(--out)" if span.kind == "up" else f"var(--{span.kind})"
        return (
            f'<rect class="{css}" x="{x:.1f}" y="{y:.0f}" width="{width:.1f}" '
            f'height="{height:.0f}" fill="{colour}"/>'
        )

    def _text(self, x, y, words, colour="", *, anchor="start", weight=400, limit=60) -> None:
        fill = f' style="fill:{colour}"' if colour else ""
        words = printable(words, limit * 4)
        cut = words if len(words) <= limit else words[: limit - 1] + "…"
        shown = escape(cut, quote=True)
        self._parts.append(
            f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-weight="{weight}"'
            f"{fill}>{shown}</text>"
        )

    def _x(self, at: float) -> float:
        share = min(1.0, max(0.0, at / self._end))
        return LEFT + share * (WIDTH - LEFT - RIGHT)


def _short(value: float) -> str:
    """A number of at most four signs: 950, 1.2k, 156k."""
    if value < 1000:
        return f"{value:g}"
    return f"{value / 1000:.1f}k" if value < 9950 else f"{value / 1000:.0f}k"
