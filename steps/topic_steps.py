"""The three agreed topics."""

from behave import given, then, when


@given("the agreed topics have been created")
def step_topics_created(context):
    """Create the three topics under their agreed names."""
    context.world.agreement.create()


@then("the {topic:Topic} topic has {count:d} partitions")
@then("the {topic:Topic} topic has {count:d} partition")
def step_partitions(context, topic, count):
    """The partition count that the cluster tells."""
    context.world.agreement.expect_partitions(topic, count)


@then("each agreed topic has these settings")
def step_settings(context):
    """The configuration that the cluster tells, setting by setting."""
    context.world.agreement.expect_settings(dict(context.table.rows))


@when("the agreed topics are created again")
def step_create_again(context):
    """Create topics that are there already."""
    context.world.agreement.create_again()


@then("the broker says that they already exist")
def step_already_exist(context):
    """The broker's refusal names the reason."""
    context.world.agreement.expect_refused()


@when("the agreed topics are deleted")
def step_delete(context):
    """Delete the three topics."""
    context.world.agreement.delete()


@then("none of them exists any more")
def step_none_exists(context):
    """The cluster shows none of the three."""
    context.world.agreement.expect_gone()
