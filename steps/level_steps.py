"""How fast the service is."""

from behave import when


@when("{count:d} events come at {rate:d} a second")
def step_steady(context, count, rate):
    """By a schedule that waits for nobody; slower for a service that cannot follow."""
    context.world.levels.steady(count, rate)
