"""The message broker itself."""

from behave import then, when


@when("the cluster is asked to describe itself")
def step_describe_cluster(context):
    """Ask the Admin API for the cluster's brokers."""
    context.world.cluster.describe()


@then("at least {count:d} broker answers and one is in charge")
def step_brokers_answer(context, count):
    """The brokers that the cluster names, and its controller."""
    context.world.cluster.expect_brokers(count)


@when("a message is put on a topic of its own")
def step_put_message(context):
    """Publish one message on a new topic."""
    context.world.cluster.put_message()


@then("exactly that message is read back")
def step_read_message(context):
    """Read the topic from its beginning: one message, the same bytes."""
    context.world.cluster.expect_message()


@when("a cluster is sought where nobody listens")
def step_seek_nobody(context):
    """Ask a port of this machine that nobody listens on."""
    context.world.cluster.seek_nobody()


@then("the search ends within {limit_s:d} seconds saying that nobody answers")
def step_search_ends(context, limit_s):
    """An unreachable broker is told in bounded time."""
    context.world.cluster.expect_nobody(limit_s)
