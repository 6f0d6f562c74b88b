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


@given("the scoring service has shown its pace")
def step_pace(context):
    """Measure its rate, so that the volumes that follow suit it, and stop it again."""
    context.world.service.pace()


@given("{count:d} events were published and answered")
def step_published_answered(context, count):
    """Publish and wait until all are answered and count as done."""
    context.world.service.answer(count)


@given("{count:d} invalid events were published and answered")
def step_invalid_answered(context, count):
    """Publish invalid events and wait until all are dead-lettered and count as done."""
    context.world.service.answer(0, invalid=count)


@when("{valid:d} valid events are published and answered, and then {invalid:d} invalid ones")
def step_lots(context, valid, invalid):
    """Each lot alone, and whole: what bad events cost is measured by what good ones take."""
    context.world.service.answer_in_lots(valid, invalid)


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


@given("the scoring service is running in {count:d} instances")
def step_running_instances(context, count):
    """Start several members of one group and wait until they share all partitions."""
    context.world.service.start(count)


@given("the scoring service shares its work by the {protocol} protocol")
def step_protocol(context, protocol):
    """How the group's members agree on who does what."""
    context.world.service.share_by(protocol)


@when("the service is held still for a moment {times:d} times while it works on {count:d} events")
def step_held_still(context, times, count):
    """Freeze-frames: the broker is looked at while the service cannot move."""
    context.world.service.hold_under_load(count, times)


@when("the service is killed {moment:Moment} while it works on {count:d} events")
def step_killed_at(context, moment, count):
    """A kill at a moment that the broker shows."""
    context.world.service.kill_under_load(count, moment)


@when("the service is killed and started again {times:d} times while it works on {count:d} events")
def step_killed_repeatedly(context, times, count):
    """A crash loop."""
    context.world.service.kill_repeatedly(count, times)


@when("the service is stopped and started again {times:d} times while it works on {count:d} events")
def step_stopped_repeatedly(context, times, count):
    """Deployments, one after the other, under load."""
    context.world.service.stop_repeatedly(count, times)


@when(
    "the service grows to {two:d} and {three:d} instances and shrinks to {one:d} "
    "while it works on {count:d} events"
)
def step_scaled(context, two, three, one, count):
    """Scaling up and down under load."""
    context.world.service.scale_under_load(count, two, three, one)


@when(
    "a second instance comes and goes {times:d} times while the service works on {count:d} events"
)
def step_flapping(context, times, count):
    """A member that never stays."""
    context.world.service.flap_under_load(count, times)


@when("the input topic gets {more:d} more partitions while the service works on {count:d} events")
def step_input_grows(context, more, count):
    """Events are on them before the service is restarted and sees them."""
    context.world.service.grow_input(count, more)


@when("one instance is killed while the service works on {count:d} events")
def step_one_killed(context, count):
    """The others have to take over."""
    context.world.service.kill_one_under_load(count)


@when("one instance freezes for a moment while the service works on {count:d} events")
def step_freezes_briefly(context, count):
    """Shorter than its session: the group does not notice."""
    context.world.service.freeze_briefly(count)


@when("two instances freeze until the third has taken over their work on {count:d} events")
def step_freeze_long(context, count):
    """Longer than their sessions: the group gives their work away, then they wake up."""
    context.world.service.freeze_until_replaced(count)
