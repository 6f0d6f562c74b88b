"""What the pages say leads somewhere: links, anchors, and the commands that they show."""

import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import pytest

from testbed import command
from testbed.errors import UsageError
from testbed.options import from_userdata
from testbed.runner import behave_line, options

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", ".cache", ".git", "node_modules", "reports", ".pytest_cache", ".hypothesis"}
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.md")
    if not SKIPPED & set(path.relative_to(ROOT).parts)
)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
RUNNER = "bash scripts/run_kafka_integration_tests.sh"
CALLS = r"bash (?:SUITE/)?scripts/run_kafka_integration_tests\.sh|\.venv/bin/behave"
COMMAND = re.compile(rf"(?:{CALLS})(?= |`|$)([^`\n]*)", re.MULTILINE)
PLACEHOLDERS = re.compile(r"…|\.\.\.|HOST:PORT")


def anchors(text: str) -> set[str]:
    """The names under which GitHub's pages show their headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {each.strip().replace(" ", "-") for each in plain}


def broken_links(page: Path) -> list[str]:
    """Links that lead to no file, or to no heading of it; the network is not asked."""
    found = []
    for link in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            found.append(link)
    return found


def commands(text: str) -> list[str]:
    """The words behind each call of the runner or of behave, continued lines joined."""
    joined = re.sub(r" *\\\n *", " ", text)
    found = [match[1].split("  #")[0] for match in COMMAND.finditer(joined)]
    return [words.strip() for words in found if words.strip() and not PLACEHOLDERS.search(words)]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(name):
    assert broken_links(ROOT / name) == []


def test_links_that_lead_nowhere_are_found(tmp_path):
    """A missing file, a missing heading, and a heading by its right name."""
    page = tmp_path / "page.md"
    page.write_text("# A `b`, c\n[x](#a-b-c) [y](#a) [z](no.md) [w](https://example.org/no)\n")
    assert broken_links(page) == ["#a", "no.md"]


@pytest.mark.parametrize("name", [name for name in PAGES if commands((ROOT / name).read_text())])
def test_every_command_of_a_page_is_accepted(name):
    """By the runner, by behave, and by the options; a file's line is a scenario's."""
    for words in commands((ROOT / name).read_text("utf-8")):
        expect_accepted(words)


@pytest.mark.parametrize(
    "words", ["--workers no", "--nosuch", "-D broker=no", "features/x.feature:2"]
)
def test_a_command_that_would_fail_is_found(words):
    """Each kind of mistake in a page ends its test."""
    [found] = commands(f"Run `{RUNNER} {words}`\n")
    with pytest.raises((AssertionError, UsageError)):
        expect_accepted(found)


def expect_accepted(words: str) -> None:
    """As at the start of a run, before anything is started."""
    if words == "--help":
        return
    line = behave_line.read(options.parse(shlex.split(words)).behave_args)
    template = from_userdata(line.userdata).consumer_command
    assert not template or command.split(template)
    for path in line.paths:
        expect_place(path)


def expect_place(path: str) -> None:
    """A feature file that there is, and a line where a scenario begins."""
    name, _, number = path.partition(":")
    assert (ROOT / name).exists(), path
    if number:
        line = (ROOT / name).read_text("utf-8").splitlines()[int(number) - 1]
        assert line.strip().startswith("Scenario"), f"{path}: {line}"
