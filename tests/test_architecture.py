"""The shape of the project, held: who may import whom, how long things may get, what links where.

The arrows are those of docs/ARCHITECTURE.md.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES, FUNCTION_LINES = 300, 40
FOLDERS = ("consumer", "steps", "testbed", "scripts", "bench", "tests")
CODE = [
    Path("environment.py"),
    *sorted(
        path.relative_to(ROOT)
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
    ),
]

# What of testbed each part may import; a part that is not named may import all of testbed.
ALLOWED: dict[str, tuple[str, ...]] = {
    "consumer": (),
    "steps": ("world", "vocabulary"),
    "testbed/errors": (),
    "testbed/tracing": (),
    "testbed/trace": ("errors", "tracing"),
    "testbed/soak": ("errors", "guardian", "processes"),
    "testbed/security": ("asking", "brokers", "errors", "history"),
    "testbed/replay": (
        *("brokers", "clients", "errors", "history", "limits", "observers", "options"),
        *("reporting", "telco", "topics", "wait"),
    ),
    "testbed/wait": ("errors", "tracing"),
    "testbed/limits": ("errors",),
    "testbed/options": ("errors", "limits"),
    "testbed/history": ("errors",),
    "testbed/saved": ("history",),
    "testbed/command": ("errors",),
    "testbed/leaving": (),
    "testbed/scenario_clock": ("errors",),
    "testbed/caches": ("errors",),
    "testbed/processes": ("errors", "limits", "wait"),
    "testbed/guardian": ("errors", "limits", "processes", "wait"),
    "testbed/checker": ("history",),
    "testbed/telco": ("errors", "history"),
    "testbed/reporting": ("caches", "errors", "history", "checker", "limits"),
    "testbed/brokers": (
        *("caches", "errors", "guardian", "limits", "options", "processes", "wait"),
    ),
    "testbed/network": ("errors", "wait"),
    "testbed/observers": (
        "asking",
        "brokers",
        "clients",
        "errors",
        "history",
        "limits",
        "telco",
        "wait",
    ),
}
# What nothing below the world may reach up to.
UPPER = ("world", "session", "runner", "reporting", "vocabulary")
LOWER = (
    *("applies", "bench", "clients", "faults", "fleet", "freezes", "leftovers", "models"),
    *("network", "pacing", "pipeline", "producing", "security", "settling", "topics", "traffic"),
)
# Libraries that only some parts may touch, and what the others use instead.
KAFKA = ("confluent_kafka", "testbed.pipeline")
FORBIDDEN: dict[str, dict[str, str]] = {
    "steps": dict([KAFKA]),
    "environment": dict([KAFKA]),
    "testbed/checker": {
        **dict([KAFKA]),
        **dict.fromkeys(
            ("time", "os", "pathlib", "random", "socket", "subprocess", "threading"),
            "what stands in the history",
        ),
    },
    "testbed/reporting": dict([KAFKA]),
    "testbed/telco": {
        **dict([KAFKA]),
        "sklearn": "testbed.telco.oracle",
        "skops": "the JSON model",
    },
}
MAY_SLEEP = "testbed/wait.py"


def part_of(path: Path) -> str:
    """The unit that a rule speaks about: a folder, or a module of testbed."""
    words = path.with_suffix("").parts
    return "/".join(words[:2]) if words[0] == "testbed" else words[0]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of all that is imported, ``from testbed import x`` as testbed.x."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if module == "testbed":
                yield from ((node.lineno, f"testbed.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def arrow_findings(path: Path, source: str) -> list[str]:
    """Each import that goes where it may not."""
    part = part_of(path)
    return [
        f"{path.as_posix()}:{line} imports {name}, {cure}"
        for line, name in imports(ast.parse(source))
        if (cure := _cure(part, name))
    ]


def _cure(part: str, name: str) -> str:
    words = name.split(".")
    if words[0] in ("environment", "steps", "tests") and part.startswith(("testbed", "consumer")):
        return "which stands above it"
    if words[0] == "consumer" and part.startswith(("testbed", "steps", "environment")):
        return "run it as a process"
    if words[0] == "testbed" and len(words) > 1:
        return _cure_within(part, words[1])
    instead = FORBIDDEN.get(part, {}).get(words[0])
    return f"use {instead}" if instead else ""


def _cure_within(part: str, target: str) -> str:
    own = part.removeprefix("testbed/")
    if part in ALLOWED and target not in (*ALLOWED[part], own):
        return f"allowed: {', '.join(ALLOWED[part]) or 'nothing of testbed'}"
    if own in LOWER and target in UPPER:
        return "which stands above it"
    return ""


def size_findings(path: Path, source: str) -> list[str]:
    """Each file and function that has grown too long."""
    found = []
    lines = source.count("\n")
    if lines > FILE_LINES:
        found.append(f"{path.as_posix()} has {lines} lines, at most {FILE_LINES}: split it")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(
                    f"{path.as_posix()}:{node.lineno} {node.name} has {length} lines, "
                    f"at most {FUNCTION_LINES}: split it"
                )
    return found


def sleep_findings(path: Path, source: str) -> list[str]:
    """Each fixed sleep; a program that a test runs may hang on purpose."""
    program = path.parts[0] == "tests" and not path.name.startswith("test_")
    if program or path.as_posix() == MAY_SLEEP:
        return []
    return [
        f"{path.as_posix()}:{node.lineno} sleeps, use testbed.wait.until"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep")
    ]


def link_findings(page: Path, text: str) -> list[str]:
    """Each relative link that leads nowhere."""
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    local = (link.split("#")[0] for link in links if not re.match(r"[a-z]+:", link))
    return [
        f"{page.as_posix()} links to {link}, which is not there"
        for link in local
        if link and not (ROOT / page.parent / link).exists()
    ]


@pytest.mark.parametrize("check", [arrow_findings, size_findings, sleep_findings])
def test_the_code_keeps_the_rules(check):
    """No file of the project breaks a rule of its shape."""
    findings = [
        finding for path in CODE for finding in check(path, (ROOT / path).read_text("utf-8"))
    ]
    assert not findings, "\n" + "\n".join(findings)


@pytest.mark.parametrize(
    ("path", "source", "finding"),
    [
        ("steps/x.py", "\n\nimport confluent_kafka", "steps/x.py:3 imports confluent_kafka, "
         "use testbed.pipeline"),
        ("steps/x.py", "from testbed.pipeline import Pipeline",
         "steps/x.py:1 imports testbed.pipeline, allowed: world, vocabulary"),
        ("steps/x.py", "import consumer", "steps/x.py:1 imports consumer, run it as a process"),
        ("consumer/x.py", "from testbed import wait",
         "consumer/x.py:1 imports testbed.wait, allowed: nothing of testbed"),
        ("testbed/checker/x.py", "import time",
         "testbed/checker/x.py:1 imports time, use what stands in the history"),
        ("testbed/checker/x.py", "from testbed.brokers import choose",
         "testbed/checker/x.py:1 imports testbed.brokers, allowed: history"),
        ("testbed/pipeline.py", "import testbed.world",
         "testbed/pipeline.py:1 imports testbed.world, which stands above it"),
        ("testbed/faults.py", "from steps.topic_steps import step",
         "testbed/faults.py:1 imports steps.topic_steps, which stands above it"),
    ],
)  # fmt: skip
def test_an_import_against_the_arrows_is_found(path, source, finding):
    """Each kind of arrow is seen broken, with its cure."""
    assert arrow_findings(Path(path), source) == [finding]


def test_what_is_too_long_is_found():
    """A long function and a long file are both named."""
    source = "def long():\n" + "    x = 1\n" * FILE_LINES
    assert size_findings(Path("a.py"), source) == [
        "a.py has 301 lines, at most 300: split it",
        "a.py:1 long has 301 lines, at most 40: split it",
    ]


def test_a_fixed_sleep_is_found():
    """A sleep is named where it stands, but not in the one poll loop."""
    source = "import time\ntime.sleep(1)\n"
    assert sleep_findings(Path("steps/x.py"), source) == [
        "steps/x.py:2 sleeps, use testbed.wait.until"
    ]
    assert sleep_findings(Path("testbed/wait.py"), source) == []


def pages() -> list[Path]:
    """All pages of the project."""
    folders = (".", "docs", "features", "bench", "consumer", "scripts")
    found = [path for folder in folders for path in (ROOT / folder).glob("*.md")]
    found += (ROOT / "tests").glob("consumers/**/README.md")
    return [path.relative_to(ROOT) for path in found if "node_modules" not in path.parts]


def test_links_lead_somewhere():
    """Every relative link of README and docs exists."""
    found = [line for page in pages() for line in link_findings(page, (ROOT / page).read_text())]
    assert pages()
    assert not found, "\n" + "\n".join(found)


def test_a_broken_link_is_found():
    """A link to nothing is named with its page."""
    text = "[a](../LICENSE) [b](https://example.org) [c](nowhere.md#part) ```[d](code)```"
    assert link_findings(Path("docs/x.md"), text) == [
        "docs/x.md links to nowhere.md, which is not there"
    ]


def dry_run(*paths: Path) -> subprocess.CompletedProcess:
    """Let behave match every step without running one."""
    command = [sys.executable, "-m", "behave", "--dry-run", "--format", "plain", "--no-color"]
    return subprocess.run(
        [*command, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_every_step_is_defined_once():
    """``behave --dry-run`` finds no step undefined or ambiguous."""
    done = dry_run()
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert not re.search(r"\b[1-9]\d* (undefined|failed|error)", done.stdout), done.stdout[-3000:]
