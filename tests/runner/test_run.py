"""A whole run, as its user sees it: lines, exit codes, and reports."""

import json
import os
import re

import pytest

GOOD = ("features/good.feature",)
BEHAVE_LINE = re.compile(r" \(\d+\.\d s\)")


def test_a_passing_run_says_what_the_guide_says(project):
    """The guide's lines, in its order, and exit code 0."""
    code, output = project.run(*GOOD)
    assert BEHAVE_LINE.sub("", output).splitlines() == [
        "[INFO] =========================================",
        "[INFO] Kafka Integration Test Runner",
        "[INFO] =========================================",
        "[INFO] Checking prerequisites...",
        "[SUCCESS] All prerequisites satisfied",
        "[INFO] STEP 1: Starting Kafka test environment...",
        "[INFO] The choice of a broker and why",
        "[SUCCESS] Fake broker started",
        "[INFO] STEP 2: Waiting for broker to be ready...",
        "[SUCCESS] Kafka broker is ready",
        "[INFO] STEP 3: Running integration tests...",
        "features/good.feature:2  holds  PASSED",
        "features/good.feature:5  holds too  PASSED",
        "KEPT        good: Good (kept in 2 of 2)",
        "[INFO] Specification: reports/specification.html",
        "[INFO] Markdown: reports/summary.md",
        "[INFO] Summary: reports/summary.txt",
        "[INFO] 2 scenarios: 2 passed",
        "[SUCCESS] All integration tests PASSED ✓",
    ]
    assert code == 0
    assert project.broker_marks[1:] == ["stopped"]
    assert os.listdir(project.folder / "tmp") == []


def test_a_broken_promise_is_one(project):
    """Exit code 1, with the reason under the scenario's line and in the end."""
    code, output = project.run("--tags", "not @odd")
    assert code == 1
    assert "    Expected 1 prediction, got 2 - customer C-0042" in output.splitlines()
    assert output.splitlines()[-1] == "[ERROR] Integration tests FAILED ✗"


def test_trouble_of_the_bench_is_four(project):
    """Nothing is said about the consumer: neither passed nor failed."""
    code, output = project.run(
        *GOOD, "features/odd.feature", "--tags", "not @hangs and not @killed"
    )
    assert code == 4
    assert "[ERROR] 1 of 4 scenarios got no verdict" in output


def test_a_broken_promise_outweighs_trouble(project):
    """Both in one run: the consumer is wrong whatever else is."""
    code, _ = project.run("--tags", "@bad or @trouble")
    assert code == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [(("--tags", "@skips"), "all 1 were skipped"), (("-n", "nobody"), "none was chosen")],
)
def test_a_run_of_nothing_could_not_start(project, words, why):
    """No scenario executed is no success."""
    code, output = project.run(*words)
    assert code == 3
    assert f"No scenario was executed. {why}" in output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--workers", "0"), "expected a whole number from 1 to 1000, got '0'"),
        (("--broker", "rabbit"), "invalid choice: 'rabbit'"),
        (("--no-such-flag",), "unrecognized arguments: --no-such-flag"),
        (("features/nowhere.feature",), "got 'features/nowhere.feature'"),
        (
            ("--consumer-command", "no-such-program {group_id}"),
            "'no-such-program' is not a program",
        ),
        (("--consumer-command", "sh {nowhere}"), "Unknown placeholder {nowhere}"),
        (("-D", "consumer.delivry=x"), "Unknown option consumer.delivry"),
        (("-D", "timeout.scenario_s=-1"), "timeout.scenario_s"),
        (("--tags", "@a and ("), "behave refuses its options"),
    ],
)
def test_a_wrong_line_is_two_and_starts_nothing(project, words, message):
    """One message that names the word; no broker was touched."""
    code, output = project.run(*words)
    assert (code, project.broker_marks) == (2, [])
    assert re.search(r"^\[ERROR\] .*" + re.escape(message), output, re.MULTILINE), output


def test_a_feature_that_cannot_be_read_is_three(project):
    """behave's own words say where."""
    (project.folder / "features/broken.feature").write_text("Given a step of no scenario\n")
    code, output = project.run()
    assert code == 3
    assert "broken.feature" in output.split("[ERROR]")[-1]
    assert project.broker_marks[1:] == ["stopped"]


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ("dies", "[ERROR] The broker ended by itself. out of luck. Try again."),
        ("silent", "[ERROR] Kafka broker failed to become ready within 60s."),
    ],
)
def test_a_broker_that_fails_is_three(project, dead, trouble, message):
    """One message, the log kept, nothing left running."""
    code, output = project.run(*GOOD, trouble=trouble)
    assert code == 3
    assert message in output
    assert "PASSED" not in output
    assert (project.reports / "kafka.log").exists()
    assert dead(project.broker_pid)


def test_verbose_shows_every_step(project):
    """And what the steps print; without it both stand in the log."""
    _, quiet = project.run(*GOOD)
    log = project.log
    _, loud = project.run(*GOOD, "--verbose")
    step = "Given it holds ... passed"
    assert step not in quiet
    assert step in log
    assert step in loud


def test_workers_share_the_features(project):
    """Each scenario ran once, whoever took it."""
    code, output = project.run("--workers", "3", "--tags", "not @odd")
    assert code == 1
    assert sorted(line.split()[0] for line in output.splitlines() if line.startswith("feat")) == [
        "features/bad.feature:3",
        "features/good.feature:2",
        "features/good.feature:5",
    ]


def test_repeat_runs_all_of_it_again_on_one_broker(project):
    """Every pass is told and counted; the broker is started once."""
    code, output = project.run(*GOOD, "--repeat", "3")
    assert code == 0
    assert [line for line in output.splitlines() if "Pass" in line] == [
        f"[INFO] Pass {number} of 3" for number in (1, 2, 3)
    ]
    assert output.count("holds too  PASSED") == 3
    assert len(project.broker_marks) == 2


def test_each_pass_keeps_its_own_histories(project):
    """What broke in the second of three must not be written over by the third."""
    project.run(*GOOD, "--repeat", "2")
    found = sorted(project.reports.rglob("holds.jsonl"))
    folders = [path.relative_to(project.reports).parent.as_posix() for path in found]
    assert folders == ["pass-1/history", "pass-2/history"]
    assert {path.read_text() for path in found} == {"once "}
    project.run(*GOOD)
    again = [
        path.relative_to(project.reports).as_posix() for path in project.reports.rglob("h*s.jsonl")
    ]
    assert again == ["history/holds.jsonl"], "what the passes left is cleared, one pass needs none"


def test_reports_of_an_earlier_run_do_not_mix_in(project):
    """What the runner wrote goes; what it does not know stays."""
    for name in ("consumer-old-0.log", "summary.txt", "results/1.jsonl", "mine.txt", ".gitkeep"):
        (project.reports / name).parent.mkdir(parents=True, exist_ok=True)
        (project.reports / name).touch()
    project.run(*GOOD)
    left = {path.name for path in project.reports.rglob("*")}
    assert {"mine.txt", ".gitkeep"} <= left
    assert not {"consumer-old-0.log", "1.jsonl"} & left


def test_what_only_tells_needs_no_broker(project):
    """A dry run and the like are behave's own."""
    code, output = project.run("--dry-run", *GOOD)
    assert code == 0
    assert "2 untested" in output
    assert project.broker_marks == []


def test_a_reader_that_leaves_does_not_change_the_verdict(project):
    """``| head -1``: the run goes on to its end, and to its exit code."""
    process = project.start(*GOOD)
    assert "=====" in process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert "All integration tests PASSED" in project.log


def test_the_reports_of_a_run(project):
    """JUnit, the summary in two forms, and both logs."""
    project.run("--tags", "not @odd")
    names = {path.name for path in project.reports.iterdir()}
    assert {"test-results.xml", "summary.txt", "summary.json", "kafka.log"} <= names
    told = json.loads((project.reports / "summary.json").read_text())
    assert told["status"] == "FAILED"
    assert told["scenarios"]["total"] == 3
    assert told["run"]["broker"] == "Fake broker"
    assert 'failures="1"' in (project.reports / "test-results.xml").read_text()


def test_a_run_that_could_not_start_says_so_in_its_summary(project):
    """A machine that reads only the summary learns why."""
    project.run(*GOOD, trouble="dies")
    told = json.loads((project.reports / "summary.json").read_text())
    assert told["status"] == "ERROR"
    assert "The broker ended by itself" in told["run"]["bench_error"]
