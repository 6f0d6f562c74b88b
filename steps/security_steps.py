"""A broker that asks who is there."""

from behave import given, then, when


@given("a broker that lets in only whom it knows, and allows each only what it needs")
def step_guarded(context):
    """TLS, an account of the service's own, and the rights of the documented list."""
    context.world.security.open()


@when("the service is started once with each of these")
def step_started_wrong(context):
    """Side by side, each with one thing wrong and all else right."""
    context.world.security.start_wrong([row["what is wrong"] for row in context.table])


@then("none of them takes part, and nothing counts as done")
def step_shut_out(context):
    """No member, no answer, no commit."""
    context.world.security.expect_shut_out()


@when("all of that is put right and the service is started again")
def step_put_right(context):
    """Passwords and authorities in its properties, certificates on the broker while it runs."""
    context.world.security.put_right()


@when("each of these rights is withdrawn and given back while events arrive")
def step_withdrawn(context):
    """One after the other; one that this service does not need is left out."""
    context.world.security.withdraw_each([row["right"] for row in context.table])


@then("each time work waited where everybody sees it, until the right was back")
def step_waited(context):
    """The service ended, or stood still."""
    context.world.security.expect_stopped()
