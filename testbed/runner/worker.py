"""behave as a worker of a run: claims features, or parts of them, and tells what it does.

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
from testbed.runner.memory import share_arenas
from testbed.runner.parts import in_parts
from testbed.runner.sharing import STOPPED, claimed, heaviest_first, of_shard

PROGRESS_FORMATTER = "testbed.reporting.progress:ProgressFormatter"
SHARD = "TESTBED_SHARD"  # which part of the features this machine runs
ENOUGH = "the run ends at its first failure (--fail-fast)"
CLAIMS, JUNIT, EVENTS, PROGRESS = "claims", "junit", "events", "progress"


class ClaimingRunner(Runner):
    """Runs each feature, or part of one, that no other worker of the same pass has taken."""

    def run_model(self, features=None):
        """As behave does it, but over the features that could be claimed."""
        features = [one for one in features or self.features if self._chosen(one)]
        if SHARD in os.environ:
            features = of_shard(features, os.environ[SHARD])
        chosen = [one for feature in features for one in self._chosen(feature)]
        for formatter in self.formatters:
            if isinstance(formatter, EventFormatter):
                formatter.tell("plan", scenarios=len(chosen))
        order = heaviest_first(in_parts(features)) if COMPANY in os.environ else features
        return super().run_model(self._claimed(order))

    def _claimed(self, order: list) -> Iterator:
        """behave names a JUnit file after its feature: each part gets a folder of its own."""
        folder = Path(self.config.run_folder)
        own = Path(self.config.junit_directory)
        for number, feature in enumerate(claimed(order, folder / CLAIMS)):
            self.config.junit_directory = str(own / str(number))
            yield feature

    def _chosen(self, feature) -> list:
        return [one for one in feature.walk_scenarios() if not deselected(one, self.config)]

    def run_hook(self, hook_name, *args):
        """Skip a scenario that would begin after the run was stopped."""
        stopped = Path(self.config.run_folder) / STOPPED
        if hook_name == "before_scenario" and stopped.exists():
            args[-1].skip(ENOUGH)
            return True
        return super().run_hook(hook_name, *args)


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
    share_arenas()
    if hasattr(signal, "SIGBREAK"):  # Windows' only interrupt for a group of its own
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    return run_behave(configure(Path(folder), rest), runner_class=ClaimingRunner)
