"""Dead letters put back on the input topic."""

from behave import then, when


@when("the service is mended with the whole model")
def step_mended(context):
    """Stopped, and given a model that knows every category."""
    context.world.repair.mend()


@when("its dead letters are put back")
def step_put_back(context):
    """By the operator's own command."""
    context.world.repair.put_back()


@then("each event that was put back stands on the input topic once more, unchanged")
def step_arrived(context):
    """Compared with what was sent the first time; none is missing, and no other came."""
    context.world.repair.expect_arrived()
