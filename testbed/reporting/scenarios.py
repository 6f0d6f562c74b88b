"""What behave's model says about a scenario, in this project's words."""

from behave.model import Rule
from behave.model_type import Status

from testbed.errors import BenchError
from testbed.reporting.record import ScenarioResult
from testbed.reporting.text import harmless

NOT_RUN = "Not run: the run ended before its turn"
CLEANUP = "What the scenario had started could not be cleaned up"
NO_REASON = "Skipped without a reason"


def rule_of(scenario) -> str:
    """The title of the rule that it stands under, or empty; sees through outlines."""
    parent = scenario.parent
    while parent is not None:
        if isinstance(parent, Rule):
            return parent.name
        parent = getattr(parent, "parent", None)
    return ""


def deselected(scenario, config) -> bool:
    """Whether nobody asked for it: excluded by tag, name or line. Ask before it runs."""
    return not scenario.should_run(config) and not scenario.skip_reason and not _was_tried(scenario)


def status_of(scenario) -> str:
    """passed, failed (a promise broke), error (the bench did) or skipped.

    A broken promise wins over trouble in a hook behind it.
    """
    if any(step.status is Status.failed for step in scenario.all_steps):
        return "failed"
    if scenario.status is Status.passed:
        return "passed"
    if scenario.status.has_failed() or _hook_trouble(scenario):
        return "error"
    return "skipped"


def reason_of(scenario) -> str:
    """What broke or why it was skipped; empty for a passed one."""
    status = status_of(scenario)
    if status == "passed":
        return ""
    if status == "skipped":
        return _why_skipped(scenario)
    reasons = [reason_of_step(step) for step in scenario.all_steps if step.status.has_failed()]
    return next(filter(None, reasons), "") or _hook_trouble(scenario) or CLEANUP


def result_of(scenario, **more) -> ScenarioResult:
    """Its record; ``more`` are promises, figures and history, where it had a world."""
    return ScenarioResult(
        feature=scenario.feature.name,
        file=str(scenario.filename),
        rule=rule_of(scenario),
        scenario=scenario.name,
        line=scenario.line,
        tags=[str(tag) for tag in scenario.effective_tags],
        status=status_of(scenario),
        duration_s=round(scenario.duration, 3),
        reason=reason_of(scenario),
        **more,
    )


def reason_of_step(step) -> str:
    """What broke in a failed step, without a traceback."""
    if step.status is Status.undefined:
        return f"No step is defined for: {step.keyword} {step.name}"
    error = step.exception
    if error is None:
        return str(step.error_message or "").strip()
    if isinstance(error, AssertionError | BenchError):
        return harmless(str(error).strip()) or type(error).__name__
    return harmless(f"{type(error).__name__}: {error}".strip())


def _was_tried(scenario) -> bool:
    return any(step.status is not Status.skipped and step.status.is_final()
               for step in scenario.all_steps)  # fmt: skip


def _why_skipped(scenario) -> str:
    if scenario.skip_reason or scenario.feature.skip_reason:
        return harmless(scenario.skip_reason or scenario.feature.skip_reason)
    return NO_REASON if scenario.status is Status.skipped else NOT_RUN


def _hook_trouble(scenario) -> str:
    """The message of a hook that broke for it: its own, or of a rule or feature around it."""
    part, own = scenario, True
    while part is not None:
        if getattr(part, "hook_failed", False) and (own or scenario.status is Status.untested):
            return str(part.error_message or "A hook failed").strip()
        part, own = getattr(part, "parent", None), False
    return ""
