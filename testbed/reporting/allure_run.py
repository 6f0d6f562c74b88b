"""What Allure shows about the run as a whole: environment, categories, executor."""

import os
from pathlib import Path

import msgspec

from testbed.reporting.summary import Summary
from testbed.reporting.text import printable

# Names for people; `failed` and `broken` are Allure's own words for the two kinds of red.
CATEGORIES = (
    ("A promise broke", "failed"),
    ("Bench trouble: no verdict", "broken"),
    ("Did not apply", "skipped"),
)
NAMED = 3  # promises in one cell of the overview


def write(results: Path, summary: Summary, environ=os.environ) -> None:
    """Add the three files to Allure's results folder; executor only where a CI system runs us."""
    results.mkdir(parents=True, exist_ok=True)
    lines = [f"{_key(name)} = {_value(value)}" for name, value in facts(summary) if value]
    (results / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _write_json(results / "categories.json", [
        {"name": name, "matchedStatuses": [status]} for name, status in CATEGORIES
    ])  # fmt: skip
    executor = _executor(environ)
    if executor:
        _write_json(results / "executor.json", executor)


def facts(summary: Summary) -> list[tuple[str, str]]:
    """The overview in ten seconds, what matters most first."""
    run = summary.run
    by_verdict = {
        verdict: [one.title for one in summary.promises if one.verdict == verdict]
        for verdict in ("BROKEN", "UNKNOWN", "HELD")
    }
    stand_in = " - a stand-in image with Apache Kafka" if run.stand_in else ""
    return [
        ("Verdict", summary.status),
        ("Promises broken", _some(by_verdict["BROKEN"])),
        ("No verdict", _some(by_verdict["UNKNOWN"])),
        ("Promises held", str(len(by_verdict["HELD"]))),
        ("Consumer", run.consumer),
        ("Guarantee", run.delivery),
        ("Broker", run.broker + stand_in),
        ("Why this broker", run.why_broker),
        ("Dead letters", run.dead_letter),
        ("Score check", "against the model file" if run.oracle else "off"),
        ("Seed", str(run.seed)),
        ("Duration", f"{run.duration_s:.1f} s"),
        ("Trouble", run.bench_error),
    ]


def _some(titles: list[str]) -> str:
    more = len(titles) - NAMED
    return "; ".join(titles[:NAMED]) + (f"; and {more} more" if more > 0 else "")


def _executor(environ) -> dict[str, str]:
    """The CI system by the variables that it sets for every job."""
    get = environ.get
    if get("GITHUB_ACTIONS"):
        url = f"{get('GITHUB_SERVER_URL')}/{get('GITHUB_REPOSITORY')}/actions/runs/"
        return _job("GitHub Actions", "github", get("GITHUB_RUN_NUMBER"),
                    url + get("GITHUB_RUN_ID", ""))  # fmt: skip
    if get("GITLAB_CI"):
        return _job("GitLab CI", "gitlab", get("CI_JOB_ID"), get("CI_JOB_URL"))
    if get("JENKINS_URL"):
        return _job("Jenkins", "jenkins", get("BUILD_NUMBER"), get("BUILD_URL"))
    if get("TF_BUILD"):
        return _job("Azure Pipelines", "azure", get("BUILD_BUILDID"), _azure_url(get))
    return {}


def _azure_url(get) -> str:
    base = f"{get('SYSTEM_COLLECTIONURI', '')}{get('SYSTEM_TEAMPROJECT', '')}"
    return f"{base}/_build/results?buildId={get('BUILD_BUILDID', '')}"


def _job(name: str, kind: str, number: str | None, url: str | None) -> dict[str, str]:
    facts = {"name": name, "type": kind, "buildName": f"#{number}", "buildUrl": url or ""}
    return {key: value for key, value in facts.items() if value}


def _key(name: str) -> str:
    """A properties key: blanks would end it."""
    return name.replace(" ", "\\ ")


def _value(value: str) -> str:
    return printable(value, 200).replace("\\", "\\\\")


def _write_json(path: Path, data) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(data), indent=2))
