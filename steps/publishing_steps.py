"""Customer events on their way to the input topic."""

from behave import given, then, when


@when("the events of the fifty known customers are published")
@given("the events of the fifty known customers were published before the service started")
def step_publish_fifty(context):
    """Fifty fixed, diverse, valid events."""
    context.world.sending.fifty()


@when("the events of the fifty known customers are published with one too large among them")
def step_publish_with_large(context):
    """The fifty, and one event larger than the topic takes."""
    context.world.sending.fifty(too_large=True)


@when("{customers:d} customers publish {events:d} events each")
def step_publish_several(context, customers, events):
    """Several different events of each customer, in order."""
    context.world.sending.several(customers, events)


@when("{count:d} events of many customers are published")
@when("{count:d} more events are published")
@given("{count:d} events were published before the service started")
def step_publish(context, count):
    """Ordinary valid events."""
    context.world.sending.ordinary(count)


@given("a backlog of {count:d} events was published before the service started")
def step_backlog(context, count):
    """A mixed load that waits; smaller for a slow service, by its measured rate."""
    context.world.sending.backlog(count)


@when("a mixed load of {count:d} events is published")
def step_mixed_load(context, count):
    """Several events a customer, some invalid, some odd, keys absent or different."""
    context.world.sending.mixed_load(count)


@when("{count:d} events are published {times:d} times each")
def step_publish_copies(context, count, times):
    """Exact copies: each is an event of its own."""
    context.world.sending.copies(count, times)


@when("{count:d} invalid events are published {times:d} times each")
def step_publish_bad_copies(context, count, times):
    """Exact copies of what cannot be scored: each is to be dead-lettered."""
    context.world.sending.bad_copies(count, times)


@when("{cancelled:d} events are cancelled among {published:d} that are published")
def step_publish_cancelled(context, cancelled, published):
    """The cancelled ones stand on the topic in a transaction that was aborted."""
    context.world.transactions.cancelled(cancelled, published)


@when("{cancelled:d} events are cancelled in small lots among {published:d} that are published")
@given(
    "{cancelled:d} events were cancelled in small lots among {published:d} "
    "before the service started"
)
def step_publish_cancelled_lots(context, cancelled, published):
    """Good and cancelled events in turn, on the same partitions."""
    context.world.transactions.interleaved(cancelled, published)


@when("{held:d} events are held back until {published:d} later ones have been answered")
def step_publish_undecided(context, held, published):
    """Their transaction stays open all the while, and is then committed."""
    context.world.transactions.undecided(held, published)


@when("a sender disappears with {held:d} events undecided, and {published:d} others are published")
def step_publish_abandoned(context, held, published):
    """Its transaction stays open until the broker cancels it."""
    context.world.transactions.abandoned(held, published)


@when("{count:d} pairs of customers who are alike in everything have an event each")
def step_alike(context, count):
    """They differ in name and time only."""
    context.world.sending.alike(count)


@when('one event of each kind that is "{kind:Kind}" is published among ordinary events')
def step_publish_kinds(context, kind):
    """Every entry of one group of the catalogue, with ordinary events before and behind."""
    context.world.sending.kinds(kind)


@when('each kind that is "{kind:Kind}" is published in every position')
def step_publish_everywhere(context, kind):
    """First, last, side by side, alone, and all of the group in one batch."""
    context.world.positions.sweep(kind)


@when("{bad:d} invalid events are published among {good:d} valid ones")
def step_publish_mixed(context, bad, good):
    """Invalid events spread evenly among valid ones."""
    context.world.sending.mixed(bad, good)


@when("each partition gets a bad event first, two side by side, and one last")
def step_publish_positions(context):
    """Bad events where batches begin, end and meet."""
    context.world.sending.positions()


@then("{acknowledged:d} of {sent:d} events are acknowledged")
def step_acknowledged(context, acknowledged, sent):
    """The broker's answers to the last publishing."""
    context.world.inputs.expect_acknowledged(acknowledged, sent)


@then("the event that was too large is reported as refused")
def step_refused(context):
    """The one failure is the one expected."""
    context.world.inputs.expect_refused()


@then("each acknowledged event stands on the input topic once and unchanged")
def step_stored(context):
    """Every record of the topic, compared byte for byte with what was sent."""
    context.world.inputs.expect_stored()


@then("all events of one customer stand in one partition in the order they were sent")
def step_together(context):
    """Keys decide partitions, so a customer's order is the partition's."""
    context.world.inputs.expect_together()
