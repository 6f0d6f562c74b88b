"""Verdicts: what must hold when a scenario has come to rest."""

from behave import then


@then("the promise holds: {promise:Promise}")
def step_promise_holds(context, promise):
    """Judge one promise over everything that the scenario recorded."""
    context.world.require(promise)


@then("every promise holds")
def step_every_promise_holds(context):
    """Judge all promises: none may be broken, named in the scenario or not."""
    context.world.require_all()
