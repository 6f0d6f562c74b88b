"""What operators see of the service: figures and health."""

from behave import given, then, when


@when("the service's figures are read once all is answered")
def step_read(context):
    """The metrics page of each instance, as Prometheus reads it."""
    context.world.watching.read()


@given(
    "the scoring service says that it is alive while it cannot reach the broker, "
    "and ready once it can"
)
def step_start_watched(context):
    """Its health is asked for from its start on."""
    context.world.watching.start_watched()


@when("the predictions topic refuses {count:d} events until the service says that it is stuck")
def step_stuck(context, count):
    """It stays alive, for a restart would cure nothing."""
    context.world.watching.refuse_until_stuck(count)


@then("it says that it is ready again")
def step_ready_again(context):
    """By itself, when the cause is gone."""
    context.world.watching.expect_ready()


@when("{readers:d} readers hold up its metrics page while it works on {count:d} events")
def step_pester(context, readers, count):
    """Half a question, nonsense, or nothing at all, and the line stays open."""
    context.world.watching.pester(count, readers)
