"""Names of records, places and moments, as a first-time reader understands them."""

from testbed.checker.entry import Entry
from testbed.history import INPUT, Outcome, Sent

SHOWN = 80  # characters of a name that the consumer or a stranger may have chosen


def subject(sent: Sent) -> str:
    """Whose event it is, or its ordinal where it carries no name."""
    note = f" ({sent.note})" if sent.note else ""
    if sent.identity is None:
        return f"record {sent.n} of those sent{note}"
    return named(sent.identity) + note


def named(identity: str) -> str:
    """An identity in words."""
    customer, _, event_ts = identity.rpartition("|")
    return f"customer {clean(customer)}, event {clean(event_ts)}"


def clean(text: str) -> str:
    """The same on one line, cut, and without signs that a terminal obeys."""
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "..."
    return cut if cut.isprintable() else ascii(cut)


def place(sent: Sent) -> str:
    """Where the record stands on the input topic."""
    if sent.offset is None:
        return f"place on the {INPUT} topic unknown"
    return f"{INPUT}[{sent.partition}]@{sent.offset}"


def spot(outcome: Outcome) -> str:
    """Where the outcome stands."""
    return f"{outcome.role}[{outcome.partition}]@{outcome.offset}"


def spots(outcomes: list[Outcome], shown: int = 6) -> str:
    """Several places, the first few of them."""
    text = " and ".join(spot(outcome) for outcome in outcomes[:shown])
    more = len(outcomes) - shown
    return f"{text} and {more} more" if more > 0 else text


def what(outcome: Outcome) -> str:
    """An outcome in words, with its place."""
    if outcome.error_type is not None:
        return f"dead-lettered as {clean(outcome.error_type)} at {spot(outcome)}"
    score = "no score" if outcome.score is None else f"score {outcome.score:.6g}"
    return f"{score} at {spot(outcome)}"


def moment(at: float) -> str:
    """A time in the scenario."""
    return f"{at:.1f} s"


def counted(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def about(entry: Entry) -> dict:
    """The fields of a violation that name the record."""
    return {"where": place(entry.sent), "n": entry.sent.n}
