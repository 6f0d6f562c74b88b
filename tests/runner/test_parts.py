"""The parts of the runner, each by itself."""

import io
import shutil
from types import SimpleNamespace

import pytest

from testbed.errors import BenchError, CannotStart, UsageError
from testbed.limits import Limits
from testbed.options import Options
from testbed.reporting.record import ScenarioResult
from testbed.runner import options, prerequisites, reports, suite
from testbed.runner.console import Console
from testbed.runner.outcome import Ends, exit_code
from testbed.runner.sharing import claimed
from testbed.runner.tail import Tail


class Terminal(io.StringIO):
    """A screen that says it is a terminal."""

    def isatty(self):
        return True


def results(*statuses):
    return [ScenarioResult(feature="f", file="f", scenario=s, status=s) for s in statuses]


def test_flags_become_userdata_and_the_rest_is_untouched():
    """Order and quoting of behave's words stay as they are."""
    asked = options.parse(
        ["--broker", "kafka", "-D", "a=b", "features/x.feature:12", "--consumer-command=run {x} -q",
         "-n", "two words", "--keep-containers", "--", "--verbose"]
    )  # fmt: skip
    assert asked.behave_args == (
        "-D", "a=b", "features/x.feature:12", "-n", "two words", "--verbose",
        "-D", "broker=kafka", "-D", "consumer.command=run {x} -q", "-D", "keep=on",
    )  # fmt: skip
    assert asked.keep
    assert not asked.verbose


def test_a_shortened_flag_is_not_guessed():
    """``--work`` could be one of behave's own."""
    assert options.parse(["--work", "2"]).behave_args == ("--work", "2")


@pytest.mark.parametrize(
    ("words", "workers"),
    [
        ((), 3),
        (("features/a.feature", "features/b.feature"), 3),
        (("features/a.feature:9",), 1),  # one feature is not shared
        (("--workers", "2", "features/a.feature"), 2),
    ],
)
def test_each_core_has_three_workers(monkeypatch, words, workers):
    monkeypatch.setattr(options.os, "cpu_count", lambda: 1)
    assert options.parse(list(words)).workers == workers


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "1001", "٣"])
def test_a_count_is_checked(text):
    """From 1 to 1000, in plain digits."""
    with pytest.raises(UsageError, match="whole number from 1 to 1000"):
        options.parse([f"--workers={text}"])


@pytest.mark.parametrize(
    ("statuses", "codes", "expected"),
    [
        (["passed", "skipped"], [0], 0),
        (["passed", "failed"], [1], 1),
        (["failed", "error"], [1, -9], 1),
        (["passed", "error"], [1], BenchError),
        (["passed"], [-11], BenchError),
        (["passed"], [1], BenchError),
        (["passed"], [3], CannotStart),
        (["passed"], [2], UsageError),
        (["skipped"], [0], CannotStart),
        ([], [0], CannotStart),
        ([], [1], CannotStart),
    ],
)
def test_the_exit_code_follows_the_results(statuses, codes, expected):
    """Green only when something passed, nothing went wrong, and behave agrees."""
    if isinstance(expected, int):
        assert exit_code(results(*statuses), Ends(codes, "")) == expected
    else:
        with pytest.raises(expected) as caught:
            exit_code(results(*statuses), Ends(codes, "last words"))
        assert type(caught.value) is expected


def test_the_console_is_plain_where_there_is_no_terminal(tmp_path):
    """No colour, no live line; the log has the time of each line."""
    screen = io.StringIO()
    console = Console(tmp_path / "log", screen=screen)
    console.success("done")
    console.live("running")
    console.detail("a step")
    console.close()
    assert screen.getvalue() == "[SUCCESS] done\n"
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["[SUCCESS] done", "a step"]


def test_a_terminal_has_one_live_line(tmp_path, monkeypatch):
    """It is erased before the next whole line, and never in the log."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: SimpleNamespace(columns=20))
    screen = Terminal()
    console = Console(tmp_path / "log", screen=screen)
    console.live("running a scenario with a long name")
    console.error("oh")
    console.close()
    assert screen.getvalue() == ("\r\x1b[Krunning a scenario \r\x1b[K\x1b[31m[ERROR]\x1b[0m oh\n")
    assert "running" not in (tmp_path / "log").read_text()


def test_a_closed_screen_does_not_end_the_run(tmp_path):
    """``| head`` closes the pipe; the log goes on."""

    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    console = Console(tmp_path / "log", screen=Closed())
    console.info("one")
    console.info("two")
    console.close()
    assert (tmp_path / "log").read_text().count("\n") == 2


def test_a_tail_gives_each_whole_line_once(tmp_path):
    """Half lines wait for their other half, folders for their first file."""
    tail = Tail(tmp_path / "later")
    assert tail.lines() == []
    (tmp_path / "later").mkdir()
    file = tmp_path / "later" / "a"
    file.write_bytes(b"one\ntw")
    assert tail.lines() == ["one"]
    file.write_bytes(b"one\ntwo\n")
    assert tail.lines() == ["two"]
    assert tail.lines() == []


def test_a_feature_is_claimed_once(tmp_path):
    """Two workers share a list without a word between them."""
    one, other = claimed(["a", "b", "c"], tmp_path), claimed(["a", "b", "c"], tmp_path)
    assert [next(one), next(other), next(one)] == ["a", "b", "c"]
    assert list(one) + list(other) == []


def test_workers_find_their_folders(tmp_path, monkeypatch):
    """Two workers that make the same folder at once stumble over each other in behave."""
    found = []

    def spawned(*_words, **_how):
        found.append({path.name for path in tmp_path.iterdir()})

    monkeypatch.setattr(suite, "spawn", spawned)
    screen = Console(tmp_path / "log", screen=io.StringIO())
    suite.Suite(tmp_path, screen, Limits()).start(2, (), tmp_path / "handover", "token")
    screen.close()
    assert len(found) == 2
    assert all({"output", "progress", "events"} <= names for names in found)


def test_a_full_disk_is_said_before_the_start(tmp_path, monkeypatch):
    """How much is needed, how much there is, and where."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1 << 20))
    with pytest.raises(CannotStart, match="Expected 256 MB of free disk space, got 1 MB"):
        prerequisites.check(Options(reports=tmp_path), [])


def test_a_missing_docker_is_said_in_the_words_of_the_guide(tmp_path, monkeypatch):
    """Only where Docker was asked for."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    from testbed.brokers import presence

    monkeypatch.setattr(presence.check, "__defaults__", (lambda name: None,))
    prerequisites.check(Options(reports=tmp_path), [])
    with pytest.raises(CannotStart) as caught:
        prerequisites.check(Options(reports=tmp_path, broker="redpanda"), [])
    assert str(caught.value).startswith("Docker is not installed. Please install Docker first.")


def test_reports_that_cannot_be_written_are_said(tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "reports").touch()
    with pytest.raises(CannotStart, match="Cannot write the reports folder"):
        reports.begin(tmp_path / "reports")
