"""Stop at the first failure, run again what failed, and notice a pass that ends otherwise."""

GOOD_AND_BAD = ("features/bad.feature", "features/good.feature")


def test_a_run_that_fails_fast_begins_nothing_more(project):
    code, output = project.run("--fail-fast", *GOOD_AND_BAD)
    assert code == 1
    assert "bad.feature:3  breaks  FAILED" in output
    assert "holds too  PASSED" not in output
    without = project.run(*GOOD_AND_BAD)[1]
    assert "holds too  PASSED" in without


def test_only_what_failed_is_run_again(project):
    project.run(*GOOD_AND_BAD)
    code, output = project.run("--rerun-failed")
    assert code == 1
    assert "1 scenarios: 1 failed" in output
    project.run("features/good.feature")
    code, output = project.run("--rerun-failed")
    assert code == 3
    assert "no scenario of the last run failed" in output


def test_without_a_run_there_is_nothing_to_run_again(project):
    code, output = project.run("--rerun-failed")
    assert code == 3
    assert "Run the features without --rerun-failed first" in output


def test_a_pass_that_ends_otherwise_is_the_last(project):
    """Its own folder keeps what happened."""
    steps = project.folder / "steps" / "steps.py"
    steps.write_text(
        steps.read_text().replace(
            '    print("a word of the step")',
            '    assert os.environ.get("TESTBED_PASS") != "pass-2", "only in the second"',
        )
    )
    code, output = project.run("features/good.feature", "--repeat", "4")
    assert code == 1
    assert "Pass 2 differs, so no more are run: features/good.feature" in output
    assert "failed, and passed the time before" in output
    assert "Pass 3 of 4" not in output


def test_a_shard_runs_its_part(project):
    ran = [project.run("--shard", f"{n}/2", "--tags", "not @odd")[1] for n in (1, 2)]
    told = "".join(ran)
    assert told.count("holds too  PASSED") == 1
    assert told.count("breaks  FAILED") == 1
    assert all("scenarios:" in output for output in ran)
