"""Hooks of behave: what surrounds the features and their scenarios."""

import sys

from testbed import leaving, vocabulary  # noqa: F401 - before the steps, which use its words
from testbed.errors import BenchError
from testbed.session import Session


def before_all(context):
    """Reach a broker and the models, or say why not and end."""
    try:
        context.session = Session.open(context.config.userdata)
        context.session.prepare(context._runner)
    except BenchError as error:
        print(f"[ERROR] {error}", file=sys.stderr)
        leaving.leave(Session.exit_code(error))  # behave would go on and say it was aborted


def before_feature(context, feature):
    """Skip what does not apply to this consumer and this broker, with its reason."""
    context.session.begin_feature(context, feature)


def before_scenario(context, scenario):
    """Give the scenario a world of its own."""
    context.world = context.session.begin(scenario)


def before_step(context, step):
    """Begin to count the scenario's time."""
    context.session.begin_step()


def after_step(context, step):
    """Ask the promises too where a step could not go on: what is broken weighs more."""
    context.session.end_step(context, step)


def after_scenario(context, scenario):
    """End what the scenario started, whatever its end, and keep its history."""
    context.session.end(context, scenario)


def after_feature(context, feature):
    """Record what never ran, with its reason."""
    context.session.end_feature(context, feature)


def after_all(context):
    """Take down what the run started."""
    leaving.leave_with_behave()
    if hasattr(context, "session"):
        context.session.close()
