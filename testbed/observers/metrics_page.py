"""Reads the metrics page of an instance as Prometheus would; records nothing by itself.

What that takes is imported by those who do it: most scenarios read no page.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from testbed.history import Figures, Reading

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from prometheus_client.samples import Sample
    from requests import Response

# The names by which a consumer can be held to its figures; the reference's own.
PREFIX = "churn_consumer_"
TYPES = ("text/plain", "application/openmetrics-text")


class Unanswered(Exception):
    """Nobody answers at a port; the text is the kind of trouble."""


def read(port: int, instance: int, incarnation: int, within_s: float) -> Reading:
    """The page at ``port`` of this machine; what is wrong with it stands in the reading."""
    try:
        answer = ask(port, "/metrics", within_s)
    except Unanswered as error:
        cause = f"nobody answers at port {port}: {error}"
        return Reading(instance=instance, incarnation=incarnation, problems=(cause,))
    families, problems = parse(answer.status_code, answer.headers.get("Content-Type", ""),
                               answer.content)  # fmt: skip
    return Reading(
        instance=instance, incarnation=incarnation, families=len(families),
        problems=tuple(problems), figures=figures(families),
    )  # fmt: skip


def ask(port: int, path: str, within_s: float) -> Response:
    """Ask a process of this machine, by no proxy that the environment names.

    Raises ``Unanswered``.
    """
    import requests

    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"http://127.0.0.1:{port}{path}", timeout=within_s)
        except requests.RequestException as error:
            raise Unanswered(type(error).__name__) from error


def parse(status: int, content_type: str, body: bytes) -> tuple[list[Metric], list[str]]:
    """The metrics of a page, and why Prometheus would not take it or one of them."""
    from prometheus_client.parser import text_string_to_metric_families

    problems = [] if status == 200 else [f"HTTP status {status}"]
    if content_type.split(";")[0].strip().lower() not in TYPES:
        problems.append(f"content type {content_type!r}, not one of {', '.join(TYPES)}")
    try:
        families = list(text_string_to_metric_families(body.decode()))
    except (ValueError, KeyError, IndexError) as error:  # the parser names neither
        return [], [*problems, f"it is no exposition format: {error}"]
    return families, problems + _doubtful(families)


def _doubtful(families: list[Metric]) -> list[str]:
    found = []
    samples = Counter(_series(sample) for family in families for sample in family.samples)
    found += [f"{name} stands there {count} times" for name, count in samples.items() if count > 1]
    for family in families:
        if family.type == "counter" and any(_negative(one.value) for one in family.samples):
            found.append(f"the counter {family.name} is below 0 or no number")
    return found


def _series(sample: Sample) -> str:
    labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
    return f"{sample.name}{{{labels}}}"


def _negative(value: float) -> bool:
    return math.isnan(value) or value < 0


def figures(families: Iterable[Metric]) -> Figures | None:
    """What the page says in the agreed names; None where it has others."""
    values: dict[str, dict[str, float]] = defaultdict(dict)
    for family in families:
        for one in family.samples:
            if one.name.startswith(PREFIX):
                values[one.name.removeprefix(PREFIX)]["".join(one.labels.values())] = one.value
    if "events_total" not in values:
        return None
    return Figures(
        events=_sum(values["events_total"]),
        outcomes=_known(values["outcomes_total"]),
        dead_letters=_known(values["dead_letters_total"]),
        batch_records=_sum(values["batch_records_sum"]),
        lag={int(partition): lag for partition, lag in values["lag_records"].items()},
        in_flight=_sum(values["in_flight_records"]),
        partitions=_sum(values["assigned_partitions"]),
        rebalances=values["rebalances_total"].get("assigned", 0.0),
        commits=values["commits_total"].get("done", 0.0),
        transactions=_known(values["transactions_total"]),
    )


def _sum(values: dict[str, float]) -> float:
    return sum(values.values())


def _known(values: dict[str, float]) -> dict[str, float]:
    """Without what never happened, so that a series that shows 0 equals one that is not there."""
    return {name: value for name, value in values.items() if value}
