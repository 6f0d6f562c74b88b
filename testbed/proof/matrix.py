"""The matrix of the proof: as lines, as text, as JSON, and as a page."""

from collections import Counter
from pathlib import Path

import msgspec

from testbed.errors import UsageError
from testbed.proof.judging import Result, Row, joined

FILE = "proof.json"


class Matrix(msgspec.Struct, kw_only=True):
    """All rows, and how long the proof took."""

    rows: list[Row]
    took_s: float = 0.0

    @property
    def green(self) -> bool:
        """Whether every saboteur was caught for its sin, and no honest consumer blamed."""
        return bool(self.rows) and all(row.green for row in self.rows)

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The distinct pairs of a promise and the scenario in which it was seen broken."""
        return {
            (slug, scenario)
            for row in self.rows
            if row.result is Result.CAUGHT
            for slug in row.caught_by
            for scenario in row.broken.get(slug, ())
        }


def line(row: Row) -> str:
    """One row in one line."""
    by = f" by {', '.join(row.caught_by)}" if row.result is Result.CAUGHT else ""
    why = f" — {row.why}" if row.why else ""
    part = f" ({row.part})" if row.part else ""
    return f"{row.name}{part}: {row.result.value}{by} ({row.took_s:.1f} s){why}"


def summary(matrix: Matrix) -> str:
    """The figures in two lines."""
    counts = Counter(row.result for row in matrix.rows)
    broken = [row for row in matrix.rows if row.group != "honest"]
    honest = len(matrix.rows) - len(broken)
    named = counts[Result.CAUGHT]
    share = f"{100 * named / len(broken):.0f} %" if broken else "none"
    other = [
        f"{counts[result]} {result.value}"
        for result in Result
        if result not in (Result.CAUGHT, Result.PASSED) and counts[result]
    ]
    return (
        f"{named} of {len(broken)} saboteurs caught by the promise named ({share}), "
        f"{counts[Result.PASSED]} of {honest} honest consumers passed; "
        f"{', '.join(other) or 'nothing missed, no false alarm'}\n"
        f"{len(matrix.pairs)} pairs of promise and situation seen broken, "
        f"in {matrix.took_s / 60:.1f} min"
    )


def text(matrix: Matrix) -> str:
    """The whole matrix for a terminal, by group."""
    lines = []
    for group in dict.fromkeys(row.group for row in matrix.rows):
        lines += ["", group.upper()]
        lines += [f"  {line(row)}" for row in matrix.rows if row.group == group]
    return "\n".join([*lines, "", summary(matrix), ""])


def whole(rows: list[Row]) -> list[Row]:
    """One row for each consumer, also of those that met the features in parts."""
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    return [joined(parts) if parts[0].part else parts[0] for parts in by_name.values()]


def kept(folder: Path, rows: list[Row]) -> list[Row]:
    """The rows of the proof before in this folder, with ``rows`` in place of theirs.

    Raises ``UsageError`` for a ``proof.json`` that is none.
    """
    path = folder / FILE
    try:
        before = msgspec.json.decode(path.read_bytes(), type=Matrix).rows if path.exists() else []
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"Expected a matrix of a proof in {path}", str(error)) from error
    new = {row.name: row for row in rows}
    known = {row.name for row in before}
    return [new.get(row.name, row) for row in before] + [r for r in rows if r.name not in known]


def write(matrix: Matrix, folder: Path) -> None:
    """Write ``proof.txt`` and ``proof.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "proof.txt").write_text(text(matrix), "utf-8")
    document = msgspec.to_builtins(matrix) | {"green": matrix.green}
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(document)))
