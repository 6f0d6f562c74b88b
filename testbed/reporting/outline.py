"""The features as text: what stands in their files, and the sentences that their steps are made of.

Nothing is run or imported: features are read by behave's parser, steps by Python's.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from behave import model
from behave.parser import ParserError, parse_file
from markdown_it import MarkdownIt
from markdown_it.token import Token

from testbed.reporting.record import feature_rank

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r" -- @(\d+\.\d+) .*$")  # what behave adds to the name of an outline's row


class Line(NamedTuple):
    """A step: its keyword, its words, and the table or text under it."""

    keyword: str
    words: str
    table: Sequence[Sequence[str]] = ()
    text: str = ""


class Situation(NamedTuple):
    """A scenario, or one row of an outline."""

    name: str
    line: int
    tags: list[str]
    steps: list[Line]


class Promise(NamedTuple):
    """A rule with its scenarios; without a title those that stand directly under the feature."""

    title: str
    situations: list[Situation]


class Capability(NamedTuple):
    """A feature. ``file`` as behave tells it, from the project's folder."""

    title: str
    file: str
    why: list[str]
    tags: list[str]
    background: list[Line]
    rules: list[Promise]

    @property
    def slug(self) -> str:
        """Its file's name, as an address in a page."""
        return Path(self.file).stem


class Sentence(NamedTuple):
    """A step's sentence with its gaps in angle brackets, and what it does."""

    words: str
    keyword: str
    meaning: str


def capabilities(root: Path = ROOT) -> list[Capability]:
    """All features in reading order; a file that cannot be parsed is left out."""
    paths = sorted((root / "features").glob("*.feature"), key=lambda one: feature_rank(one.name))
    return [found for found in (_capability(path, root) for path in paths) if found]


def sentences(root: Path = ROOT) -> dict[str, list[Sentence]]:
    """The step catalogue: what each file of steps is about, and its sentences."""
    found = {}
    for path in sorted((root / "steps").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        about = (ast.get_docstring(tree) or path.stem).strip()
        steps = [one for node in tree.body if isinstance(node, ast.FunctionDef)
                 for one in _sentences_of(node)]  # fmt: skip
        if steps:
            found[about] = steps
    return found


def glossary(root: Path = ROOT) -> str:
    """``features/README.md`` as harmless HTML: its links lead nowhere outside a checkout."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    try:
        tokens = markdown.parse((root / "features" / "README.md").read_text(encoding="utf-8"))
    except OSError:
        return ""
    for token in tokens:
        token.children = [one for one in token.children or [] if not one.type.startswith("link_")]
        if token.type.startswith("heading_"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"  # the page's own heading stands above
    return str(markdown.renderer.render(_without_title(tokens), markdown.options, {}))


def _without_title(tokens: list[Token]) -> list[Token]:
    return tokens[3:] if tokens and tokens[0].type == "heading_open" else tokens


def _capability(path: Path, root: Path) -> Capability | None:
    try:
        feature = parse_file(str(path))
    except (ParserError, OSError, UnicodeDecodeError):
        return None
    if feature is None:
        return None
    loose = [one for one in feature.walk_scenarios() if not _rule_above(one)]
    rules = [Promise("", list(map(_situation, loose)))] if loose else []
    rules += [Promise(rule.name, list(map(_situation, rule.walk_scenarios())))
              for rule in feature.rules]  # fmt: skip
    return Capability(
        title=feature.name,
        file=path.relative_to(root).as_posix(),
        why=[str(line) for line in feature.description],
        tags=[str(tag) for tag in feature.tags],
        background=_lines(feature.background.steps) if feature.background else [],
        rules=rules,
    )


def _rule_above(scenario) -> bool:
    parent = scenario.parent
    while parent is not None:
        if isinstance(parent, model.Rule):
            return True
        parent = getattr(parent, "parent", None)
    return False


def _situation(scenario) -> Situation:
    return Situation(
        name=EXAMPLE.sub("", scenario.name),
        line=scenario.line,
        tags=[str(tag) for tag in scenario.tags],
        steps=_lines(scenario.steps),
    )


def _lines(steps) -> list[Line]:
    found = []
    for step in steps:
        rows = step.table
        table = [list(rows.headings), *(list(row.cells) for row in rows)] if rows else []
        found.append(Line(step.keyword, step.name, table, str(step.text or "")))
    return found


def _sentences_of(function: ast.FunctionDef) -> Iterator[Sentence]:
    meaning = " ".join((ast.get_docstring(function) or "").split())
    for call in function.decorator_list:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args:
            words = ast.literal_eval(call.args[0])
            gaps = re.sub(r"\{(\w+)(:[^}]*)?\}", lambda gap: f"‹{gap[1]}›", words)
            yield Sentence(gaps, call.func.id.capitalize(), meaning)
