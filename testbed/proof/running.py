"""Runs the features against one consumer, as anybody would, and reads what they recorded."""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from testbed.bench import HANDOVER
from testbed.errors import NotReached
from testbed.processes import Spawned, spawn
from testbed.proof import judging
from testbed.proof.consumers import ROOT, Honest, Saboteur
from testbed.reporting import record
from testbed.runner import sharing

# Patience with a broken consumer: each is still far above what an honest one needs.
SHORT_S = {"consumer_stop": 20, "first_answer": 30, "open_transaction": 15}
ONE_WITHIN_S = 300.0  # all scenarios of one saboteur; most need ten seconds
ALL_WITHIN_S = 1800.0  # all features for one honest consumer, a slow one on a busy machine
EVERY_TAG = ("--tags", "@integration")  # also what is in work, which behave leaves out by itself
PARTS = 2  # of all features for an honest consumer: else the slow ones end long after the rest
SESSION_S = 6  # of every consumer that takes part; a lower one brokers refuse


@dataclass(frozen=True)
class Proving:
    """Where runs are kept, and the broker that saboteurs share.

    Honest consumers get a broker each: all features run, and some harm the broker.
    """

    reports: Path
    handover: Path
    token: str
    options: tuple[str, ...] = ()  # further words for every behave

    def saboteur(self, one: Saboteur) -> judging.Row:
        """Run the scenarios that the saboteur names."""
        patience = [f"timeout.{name}_s={limit}" for name, limit in SHORT_S.items()]
        declared = [f"{name}={value}" for name, value in one.options.items()]
        words = _choices(
            *_command(one.command), f"consumer.delivery={one.delivery}",
            "consumer.dead_letter=exact", f"consumer.session_timeout_s={SESSION_S}",
            *patience, *declared,
        )  # fmt: skip
        env = {HANDOVER: str(self.handover)}
        words += _scenarios(one.where)
        return _once_more(
            lambda: judging.judge_saboteur(one, *self._behave(one.name, words, env, ONE_WITHIN_S))
        )

    def honest(self, one: Honest, part: int) -> judging.Row:
        """Run one part of all features, of ``PARTS``."""
        own = [f"consumer.session_timeout_s={one.session_timeout_s:g}"] if one.command else []
        words = _choices(
            *_command(one.command), f"consumer.delivery={one.delivery}", "broker=kafka", *own
        )
        words += features_of(part)
        name = f"{one.name}-{part}"
        row = _once_more(
            lambda: judging.judge_honest(one, *self._behave(name, words, {}, ALL_WITHIN_S))
        )
        return replace(row, part=f"{part}/{PARTS}")

    def _behave(self, name: str, words: list[str], more: dict[str, str], within_s: float):
        """The scenarios that were recorded, the seconds it took, and what went wrong with it."""
        folder = self.reports / name
        record.start_run(folder)
        env = {key: value for key, value in os.environ.items() if key != HANDOVER} | more
        begun = time.monotonic()
        process = spawn(
            [sys.executable, "-m", "behave", *_choices(f"reports={folder}"), *words, *self.options],
            env=env, cwd=ROOT, log=folder / "behave.log", token=f"{self.token} {self.token}-{name}",
        )  # fmt: skip
        trouble = _ended(process, within_s)
        return record.read_all(folder), round(time.monotonic() - begun, 1), trouble


def features_of(part: int) -> list[str]:
    """The feature files of one part of ``PARTS``, which take about as long as another's."""
    known = sharing.durations()
    files = sorted((ROOT / "features").glob("*.feature"))
    likely_s = {one.name: sum(known.get(one.stem, {}).values()) for one in files}
    return [f"features/{name}" for name in sorted(sharing.shares(likely_s, PARTS)[part - 1])]


def _once_more(prove: Callable[[], judging.Row]) -> judging.Row:
    """The row; where the bench had trouble, that of a second run, which tells of the first."""
    row = prove()
    if row.result is not judging.Result.NO_VERDICT:
        return row
    again = prove()
    return replace(again, why=f"{again.why}; the first run: {row.why}".lstrip("; "))


def _ended(process: Spawned, within_s: float) -> str:
    """Wait for the end and see to it; what was wrong with it, if anything."""
    try:
        code = process.wait(within_s)
        return "" if code in (0, 1) else f"behave ended with exit code {code}"
    except NotReached:
        return f"it took longer than {within_s:.0f} s"
    finally:
        process.kill()


def _choices(*pairs: str) -> list[str]:
    return [word for pair in pairs for word in ("-D", pair)]


def _command(words: tuple[str, ...]) -> list[str]:
    return [f"consumer.command={json.dumps(words)}"] if words else []


def _scenarios(where: tuple[str, ...]) -> list[str]:
    """Behave's words for these scenarios: their files, and their names as patterns."""
    pairs = [place.split(": ", 1) for place in where]
    files = dict.fromkeys(f"features/{feature}.feature" for feature, _ in pairs)
    names = [word for _, name in pairs for word in ("--name", re.escape(name))]
    return [*files, *names, *EVERY_TAG]
