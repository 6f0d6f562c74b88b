"""Behave's scenarios as Allure results, whole: those under ``Rule:`` too.

allure-behave walks a feature's direct scenarios only, takes scenarios of one name for retries
of each other, and looks at steps but not at hooks; each of these makes scenarios vanish.
"""

import allure_commons
from allure_behave.formatter import AllureFormatter as UpstreamFormatter
from allure_behave.listener import AllureListener
from allure_commons.logger import AllureFileLogger
from allure_commons.mapping import labels_set, parse_tag
from allure_commons.model2 import Label, Status, StatusDetails
from allure_commons.types import LabelType, Severity
from allure_commons.utils import format_traceback, get_testplan, md5, now, platform_label, uuid4
from behave.formatter.base import Formatter

from testbed.reporting import scenarios

STATUS = {
    "passed": Status.PASSED,
    "failed": Status.FAILED,
    "error": Status.BROKEN,
    "skipped": Status.SKIPPED,
}
ENOUGH = 6_000  # characters of a message; each broken promise has an attachment of its own
EXTENSIONS = {
    "text/plain": "txt",
    "text/csv": "csv",
    "application/json": "json",
    "image/svg+xml": "svg",
    "image/png": "png",
}


class AllureFormatter(UpstreamFormatter):
    """Use as ``-f testbed.reporting.allure_formatter:AllureFormatter -o FOLDER``."""

    name = "allure"
    description = "Allure results that keep every scenario"

    def __init__(self, stream_opener, config):
        Formatter.__init__(self, stream_opener, config)
        self.listener = ScenarioListener(config)
        self.file_logger = AllureFileLogger(stream_opener.name or "reports/allure-results")
        self.testplan = get_testplan()
        self._feature = None
        for plugin in (self.listener, self.file_logger):
            allure_commons.plugin_manager.register(plugin)

    def uri(self, uri):
        """A new file begins; behave does not always say that the one before ended."""
        self._finish()
        super().uri(uri)

    def feature(self, feature):
        """Watch every scenario of it, however deep it stands."""
        self._feature = feature
        self._wrap_scenario(list(feature.walk_scenarios()))

    def embedding(self, mime_type, data, caption=None):
        """What ``context.attach`` calls."""
        self.listener.embed(data, caption or mime_type, mime_type, EXTENSIONS.get(mime_type, "bin"))

    def eof(self):
        """The feature is over."""
        self._finish()

    def close(self):
        """The run is over, or was broken off."""
        self._finish()
        super().close()

    def _finish(self):
        feature, self._feature = self._feature, None
        if feature is None:
            return
        self.listener.finish_feature(feature)
        super().eof()


class ScenarioListener(AllureListener):
    """Writes one result per scenario that was asked for, with the project's own statuses."""

    def __init__(self, behave_config):
        super().__init__(behave_config)
        self._seen: set[int] = set()
        self._names: dict[str, int] = {}
        self._left_out = False

    def start_scenario(self, scenario):
        """Open its result, under a name that no other scenario has."""
        self._seen.add(id(scenario))
        self._left_out = scenarios.deselected(scenario, self.behave_config)
        super().start_scenario(scenario)
        result = self.logger.get_test(self.current_scenario_uuid)
        feature, rule = scenario.feature.name, scenarios.rule_of(scenario)
        result.fullName = self._unique(f"{scenario.filename}: {rule}: {scenario.name}")
        result.testCaseId = result.historyId = md5(result.fullName)
        result.titlePath = [part for part in (feature, rule) if part]
        result.labels = _labels(scenario, feature, rule)

    def stop_scenario(self, scenario):
        """Close its result with what became of it, hooks and all."""
        result = self.logger.get_test(self.current_scenario_uuid)
        if self._left_out or self.behave_config.dry_run:
            self.steps.clear()
            self.logger.drop_test(result.uuid)
        else:
            self.flush_steps()
            result.stop = now()
            result.status = STATUS[scenarios.status_of(scenario)]
            result.statusDetails = _details(scenarios.reason_of(scenario), _trace(scenario))
            self.group_context.append_test(result.uuid)
            self.logger.close_test(result.uuid)
        self.group_context.exit()
        self.current_step_uuid = self.current_scenario_uuid = None

    def stop_behave_step(self, result):
        """Close a step; hooks and undefined steps have statuses of their own."""
        failed = result.status.has_failed()
        reason = scenarios.reason_of_step(result) if failed else ""
        self.logger.stop_step(
            self.current_step_uuid,
            stop=now(),
            status=_step_status(result),
            statusDetails=_details(reason, _step_trace(result)),
        )

    def finish_feature(self, feature):
        """Report the scenarios that never got their turn, and hooks that broke around them."""
        unseen = [one for one in feature.walk_scenarios() if id(one) not in self._seen]
        for scenario in unseen:
            self.start_scenario(scenario)
            self.stop_scenario(scenario)
        if feature.hook_failed and feature.error_message and not unseen:
            self.logger.global_error(message=feature.error_message)
        self._seen.clear()
        self.steps.clear()

    def embed(self, body, caption: str, mime_type: str, extension: str) -> None:
        """Attach to the step or scenario that is open, else to the run."""
        open_now = self.logger._last_executable() is not None
        attach = self.logger.attach_data if open_now else self.logger.global_attach_data
        attach(uuid4(), body, name=caption, attachment_type=mime_type, extension=extension)

    def _unique(self, name: str) -> str:
        self._names[name] = count = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name} ({count})"


def _labels(scenario, feature: str, rule: str) -> list[Label]:
    """Tags are inherited from rules too; hierarchy for Allure 3 and for Allure 2's two tabs."""
    parsed = [parse_tag(str(tag)) for tag in scenario.effective_tags]
    tags = [label for label in parsed if isinstance(label, Label)]
    fixed = [
        (LabelType.FEATURE, feature),
        (LabelType.STORY, rule),
        (LabelType.PARENT_SUITE, feature),
        (LabelType.SUITE, rule),
        ("rule", rule),
        (LabelType.FRAMEWORK, "behave"),
        (LabelType.LANGUAGE, platform_label()),
    ]
    return labels_set([Label(LabelType.SEVERITY, Severity.NORMAL), *tags]) + [
        Label(name, value) for name, value in fixed if value
    ]


def _step_status(step) -> str:
    if step.status.is_passed():
        return Status.PASSED
    if step.status.is_failure():
        return Status.FAILED
    return Status.BROKEN if step.status.has_failed() else Status.SKIPPED


def _details(reason: str, trace: str | None) -> StatusDetails | None:
    hidden = len(reason) - ENOUGH
    if hidden > 0:
        reason = f"{reason[:ENOUGH]}\n… {hidden} more characters: see the attachments"
    return StatusDetails(message=reason, trace=trace) if reason else None


def _trace(scenario) -> str | None:
    traces = (_step_trace(step) for step in scenario.all_steps if step.status.has_failed())
    return next(filter(None, traces), None)


def _step_trace(step) -> str | None:
    """Where it broke; a broken promise needs none, its story says all."""
    error = step.exception
    if error is None or isinstance(error, AssertionError):
        return None
    trace = step.exc_traceback or getattr(error, "__traceback__", None)
    return format_traceback(trace) if trace and not isinstance(trace, list) else None
