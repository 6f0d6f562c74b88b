"""Single brokers of a cluster."""

from behave import given, when


@given("a cluster of three brokers that each keep a copy of everything")
def step_cluster(context):
    """All three are there, and every copy is complete."""
    context.world.nodes.open()


@when("the broker that {duty:Duty} is lost while the service works on {count:d} events")
def step_lost(context, duty, count):
    """It never comes back; another broker takes its place."""
    context.world.nodes.lose(duty, count)


@when("a broker is lost with results that it alone has while the service works on {count:d} events")
def step_lost_alone(context, count):
    """What it had not passed on to any other broker is gone with it."""
    context.world.nodes.lose_what_it_alone_has(count)


@when("the predictions lack a copy for a while during {count:d} events")
def step_lack(context, count):
    """The broker refuses what it could not keep in as many copies as were asked for."""
    context.world.nodes.lack_copies(count)


@when("all brokers are restarted one after the other while the service works on {count:d} events")
def step_rolling(context, count):
    """As for an upgrade; the next one goes when the one before is back with all its copies."""
    context.world.nodes.restart_each(count)
