"""Words of the features become objects here, once. Imported before the steps are loaded."""

from behave import register_type, use_step_matcher
from parse_type import TypeBuilder

from testbed import faults
from testbed.history import DEAD_LETTERS, INPUT, PREDICTIONS
from testbed.world import nodes

# Each sentence stands for the promises that it names; the checker knows them by their slugs.
PROMISES = {
    "no event is lost": ("no-loss",),
    "no event is answered twice": ("no-duplicates",),
    "no event is both scored and dead-lettered": ("never-both",),
    "nobody is answered for an event that was never sent": ("no-phantom",),
    "valid events are scored and invalid ones dead-lettered": ("right-outcome",),
    "work counts as done only once its answer is visible": ("commit-not-ahead",),
    "finished work counts as done": ("commit-reaches-end",),
    "work that counted as done stays done": ("commit-monotone",),
    "a restart with nothing to do adds nothing": ("restart-idle",),
    "each customer's events are scored in order": ("order-per-customer",),
    "cancelled events are never answered": ("aborted-invisible",),
    "a member believed dead adds nothing": ("zombie-adds-nothing",),
    "every score is the model's own": ("right-score",),
    "equal customers get equal scores": ("consistent-score",),  # with a model of its own
    "every prediction keeps the agreed form": ("prediction-contract",),
    "every dead letter keeps the agreed form": ("dead-letter-contract",),
    "every dead letter gives the original back": ("dead-letter-faithful",),
    "every dead letter names the right reason": ("right-error-type",),
    "a bad event delays no other": ("poison-isolated",),
    "the backlog returns to zero": ("lag-returns",),
    "the service stops when asked, with its work done": ("stops-clean",),
    "the service stays up": ("stays-up",),
    "every partition has one owner": ("every-partition-owned",),
    "the service's figures agree with what it did": ("figures-agree",),
    "the service keeps its service levels": ("service-levels",),
}

TOPICS = {"input": INPUT, "predictions": PREDICTIONS, "dead letter": DEAD_LETTERS}

GROUPS = {
    "not JSON at all": "not JSON at all",
    "JSON but not an event": "JSON but not an event",
    "an event with a wrong field": "an event with a wrong field",
    "an event that the model cannot score": "an event that the model cannot score",
    "odd but valid": "odd but valid",
}

# What a sentence means in Kafka's protocol.
ANSWERS = {
    "that its results were stored": "Produce",
    "that its work counts as done": "OffsetCommit",
    "that its work counts as done with its results": "TxnOffsetCommit",
    "that its results are final": "EndTxn",
}

DUTIES = {duty: duty for duty in nodes.DUTIES}
MOMENTS = {moment: moment for moment in faults.MOMENTS}


def register() -> None:
    """Teach behave the words; a word outside a list leaves its step undefined."""
    use_step_matcher("cfparse")
    enums = {"Promise": PROMISES, "Topic": TOPICS, "Kind": GROUPS, "Moment": MOMENTS}
    enums |= {"Answer": ANSWERS, "Duty": DUTIES}
    for name, words in enums.items():
        register_type(**{name: TypeBuilder.make_enum(words)})


register()
