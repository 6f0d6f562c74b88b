"""What came out: predictions and dead letters."""

from behave import then


@then("exactly {count:d} predictions arrive, one for each of the fifty customers")
def step_one_each(context, count):
    """All predictions, each for another one of the customers that were sent."""
    context.world.outcomes.expect_one_each(count)


@then("exactly {count:d} predictions arrive")
def step_predictions(context, count):
    """All predictions of the scenario; repeats that the delivery allows are set apart."""
    context.world.outcomes.expect_predictions(count)


@then("exactly {count:d} dead letters arrive")
def step_dead_letters(context, count):
    """All dead letters of the scenario; repeats that the delivery allows are set apart."""
    context.world.outcomes.expect_dead_letters(count)


@then("exactly {count:d} events are answered after the restart")
def step_after_restart(context, count):
    """Outcomes that appeared after the service was last started."""
    context.world.outcomes.expect_after_restart(count)


@then("exactly {count:d} events count as done")
def step_done(context, count):
    """The group's committed offsets, all partitions together."""
    context.world.outcomes.expect_done(count)


@then("the events that this model cannot score are dead-lettered and all others scored")
def step_unscoreable(context):
    """Which ones they are, the suite's own reading of the model tells."""
    context.world.outcomes.expect_unscoreable()
