"""The matrix as Markdown, put into a page between its marks."""

from pathlib import Path

from testbed.errors import UsageError
from testbed.proof.judging import Result, Row
from testbed.proof.matrix import Matrix, summary

BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"


def update(page: Path, matrix: Matrix) -> None:
    """Replace what stands between the marks; raises ``UsageError`` for a page without them."""
    text = page.read_text("utf-8") if page.exists() else ""
    if BEGIN not in text or END not in text:
        raise UsageError(
            f"Expected a page with the marks {BEGIN} and {END}, got {page}",
            next_step="docs/proof.md has them",
        )
    before, after = text.split(BEGIN)[0], text.split(END)[-1]
    page.write_text(f"{before}{BEGIN}\n{markdown(matrix)}{END}{after}", "utf-8")


def markdown(matrix: Matrix) -> str:
    """The figures, a table for each group of saboteurs, and one of the honest consumers."""
    groups = dict.fromkeys(row.group for row in matrix.rows if row.group != "honest")
    parts = [summary(matrix).replace("\n", "  \n")]
    parts += [_saboteurs(name, [r for r in matrix.rows if r.group == name]) for name in groups]
    honest = [row for row in matrix.rows if row.group == "honest"]
    parts += [_honest(honest)] if honest else []
    return "\n\n".join(parts) + "\n"


def _saboteurs(group: str, rows: list[Row]) -> str:
    head = "| saboteur | its sin | caught by | in | delivery | source | seconds |"
    lines = [f"### {group[:1].upper()}{group[1:]}", "", head, "|---|---|---|---|---|---|---:|"]
    return "\n".join(lines + [_cells(row) for row in rows])


def _cells(row: Row) -> str:
    named = [f"`{slug}`" for slug in row.caught_by]
    places = {place: None for slug in row.caught_by for place in row.broken.get(slug, ())}
    caught = ", ".join(named) if row.result is Result.CAUGHT else f"**{row.result.value}**"
    return _line(
        f"`{row.name}`", row.what, caught, "; ".join(places), row.delivery, row.source,
        f"{row.took_s:.0f}",
    )  # fmt: skip


def _honest(rows: list[Row]) -> str:
    lines = [
        "### Honest consumers", "",
        "| consumer | what it is | result | scenarios | seconds |", "|---|---|---|---:|---:|",
    ]  # fmt: skip
    return "\n".join(
        lines
        + [
            _line(f"`{r.name}`", r.what, r.result.value, str(r.scenarios), f"{r.took_s:.0f}")
            for r in rows
        ]
    )


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
