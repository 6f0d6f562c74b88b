"""behave as a worker of a run: takes features from a shared folder and tells what it does.

``python -m testbed.runner FOLDER ARGS...``: ``FOLDER`` belongs to one pass over the
features, shared by its workers; ``ARGS`` are behave's own.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from behave.__main__ import run_behave
from behave.configuration import Configuration
from behave.formatter.base import Formatter, StreamOpener
from behave.runner import Runner

from testbed.bench import COMPANY
from testbed.reporting.scenarios import deselected

PROGRESS_FORMATTER = "testbed.reporting.progress:ProgressFormatter"
SLOW, SLOW_WEIGHT = "slow", 5  # a scenario with that tag takes about as long as five others
CLAIMS, JUNIT, EVENTS, PROGRESS = "claims", "junit", "events", "progress"


class ClaimingRunner(Runner):
    """Runs each feature that no other worker of the same pass has taken."""

    def run_model(self, features=None):
        """As behave does it, but over the features that could be claimed."""
        features = self.features if features is None else features
        chosen = [s for f in features for s in f.walk_scenarios() if not deselected(s, self.config)]
        for formatter in self.formatters:
            if isinstance(formatter, EventFormatter):
                formatter.tell("plan", scenarios=len(chosen))
        order = heaviest_first(features) if COMPANY in os.environ else features
        return super().run_model(claimed(order, Path(self.config.run_folder) / CLAIMS))


class EventFormatter(Formatter):
    """One JSON line per beginning of a scenario or a step: a sign of life for the runner."""

    name = "events"
    description = "What begins now, as JSON lines"

    def __init__(self, stream_opener, config):
        super().__init__(stream_opener, config)
        self.stream = self.open()

    def scenario(self, scenario):
        """A scenario begins; behave announces those that nobody asked for, too."""
        if deselected(scenario, self.config):
            return
        place = f"{scenario.filename}:{scenario.line}"
        self.tell("scenario", place=place, name=scenario.name)

    def match(self, match):
        """A step is about to run."""
        self.tell("step")

    def result(self, step):
        """A step has ended."""
        self.tell("step")

    def tell(self, event: str, **facts) -> None:
        """Write one event, at once."""
        self.stream.write(json.dumps({"event": event, **facts}) + "\n")
        self.stream.flush()


def heaviest_first(features: list) -> list:
    """So that workers end at about the same time: nobody is left alone with a long feature."""
    return sorted(features, key=_weight, reverse=True)


def _weight(feature) -> int:
    scenarios = list(feature.walk_scenarios())
    return sum(SLOW_WEIGHT if SLOW in one.effective_tags else 1 for one in scenarios)


def claimed(features: list, folder: Path) -> Iterator:
    """Yield those features that this process is the first to ask for."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, feature in enumerate(features):
        try:
            (folder / str(number)).open("x").close()
        except FileExistsError:
            continue
        yield feature


def configure(folder: Path, words: list[str]) -> Configuration:
    """behave's configuration: steps in plain text on the screen, the rest in files of ours."""
    mine = str(os.getpid())
    config = Configuration(["--junit", "--junit-directory", str(folder / JUNIT / mine), *words])
    config.run_folder = str(folder)
    pairs = list(zip_longest(config.format or [], config.outputs[: len(config.format or [])]))
    screen = StreamOpener(stream=sys.stdout)
    pairs = [(name, out or screen) for name, out in pairs if name != PROGRESS_FORMATTER]
    pairs += [
        ("plain", screen),
        (PROGRESS_FORMATTER, StreamOpener(str(folder / PROGRESS / mine))),
        (f"{__name__}:EventFormatter", StreamOpener(str(folder / EVENTS / mine))),
    ]
    config.format, config.outputs = map(list, zip(*pairs, strict=True))
    return config


def main(words: list[str]) -> int:
    """Run behave; its exit code, or the one with which a hook ended the process."""
    folder, *rest = words
    if hasattr(signal, "SIGBREAK"):  # Windows' only interrupt for a group of its own
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    return run_behave(configure(Path(folder), rest), runner_class=ClaimingRunner)
