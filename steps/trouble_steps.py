"""What befalls the service from outside: the network, and the broker itself."""

from behave import given, when


@given("a network between the service and the broker that can fail")
def step_network(context):
    """A proxy, for the service alone; the suite's own clients go past it."""
    context.world.network.open()


@when("all its connections break {times:d} times while it works on {count:d} events")
def step_break(context, times, count):
    """At once, as when a firewall restarts."""
    context.world.troubles.break_connections(count, times)


@when("nothing gets through for a moment while it works on {count:d} events")
def step_silence(context, count):
    """Connections stay open, and nobody is told."""
    context.world.troubles.silence(count)


@when("nothing gets through until its group gives it up while it works on {count:d} events")
def step_isolate(context, count):
    """Longer than its session."""
    context.world.troubles.isolate(count)


@when("the network becomes slow while it works on {count:d} events")
def step_slow(context, count):
    """Every byte comes later."""
    context.world.troubles.slow_down(count)


@when("the network becomes narrow while it works on {count:d} events")
def step_narrow(context, count):
    """Few bytes a second."""
    context.world.troubles.narrow(count)


@when("it never hears {answer:Answer}, {times:d} times while it works on {count:d} events")
def step_lose_answer(context, answer, times, count):
    """The broker did what it was asked for; the connection breaks before its answer arrives."""
    context.world.troubles.lose_answers(answer, count, times)


@when("it hears {by_s:d} seconds late {answer:Answer} while it works on {count:d} events")
def step_delay_answer(context, by_s, answer, count):
    """The broker did what it was asked for; who gives up waiting does not know that."""
    context.world.troubles.delay_answer(answer, count, by_s)


@when("another program takes over its transactions while it works on {count:d} events")
def step_usurp(context, count):
    """A second service that was given the same name by mistake, and is ended again."""
    if not context.world.troubles.usurp(count):
        context.scenario.skip("the service was not heard to work in transactions")


@when("the broker is restarted while the service works on {count:d} events")
def step_restart_broker(context, count):
    """In order, as for an upgrade; its data and its address stay."""
    context.world.troubles.restart_broker(count)


@when("the broker crashes and comes back while the service works on {count:d} events")
def step_crash_broker(context, count):
    """A power cut; what it had stored is still there."""
    context.world.troubles.crash_broker(count)


@when("the broker freezes for a moment while the service works on {count:d} events")
def step_freeze_broker(context, count):
    """It takes connections, and answers nobody."""
    context.world.troubles.freeze_broker(count)


@when("the predictions topic refuses all messages for a while during {count:d} events")
def step_refuse(context, count):
    """As a topic that was set up too small."""
    context.world.troubles.refuse_results(count)


@when("the predictions topic refuses all messages {times:d} times briefly during {count:d} events")
def step_refuse_briefly(context, times, count):
    """As where somebody tries out settings: one attempt fails, and the next one does not."""
    context.world.troubles.refuse_results_briefly(count, times)


@when("the predictions topic refuses what comes of the first {count:d} events for a while")
def step_refuse_first(context, count):
    """As on the first day, before anything counts as done; more events follow."""
    context.world.troubles.refuse_the_first_results(count)
