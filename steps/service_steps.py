"""The scoring service: started, stopped, killed."""

from behave import given, when


@given("the scoring service is running")
@when("the scoring service starts")
@when("the scoring service is started again")
def step_running(context):
    """Start it and wait until its group owns every partition."""
    context.world.service.start()


@given("the scoring service is running with a model that knows one category less")
def step_running_narrow(context):
    """The same service with a model that raises for some valid events."""
    context.world.service.start(narrow=True)


@given("{count:d} events were published and answered")
def step_published_answered(context, count):
    """Publish and wait until all are answered and count as done."""
    context.world.service.answer(count)


@given("{count:d} invalid events were published and answered")
def step_invalid_answered(context, count):
    """Publish invalid events and wait until all are dead-lettered and count as done."""
    context.world.service.answer(0, invalid=count)


@when("the scoring service is stopped")
def step_stopped(context):
    """Ask it to stop and wait until it has."""
    context.world.service.stop()


@when("the scoring service is stopped and started again with nothing to do")
def step_idle_restart(context):
    """A restart on a topic that is done to the end."""
    context.world.service.restart_idle()


@when("the scoring service takes {count:d} events and ends")
def step_takes(context, count):
    """The reference's own --max-messages."""
    context.world.service.take(count)


@when("the scoring service is stopped while it works on {count:d} events")
def step_stopped_working(context, count):
    """A stop as an operator asks for it, under load."""
    context.world.service.stop_under_load(count)


@when("the scoring service is killed while it works on {count:d} events")
def step_killed_working(context, count):
    """An end without any warning, under load."""
    context.world.service.kill_under_load(count)
