"""One line of the ledger."""

from functools import cache

from testbed.history import SCORED, Outcome, Sent

_NO_OUTCOMES: list[Outcome] = []  # shared by all that have none; never appended to


class Entry:
    """A record that was sent, and the outcomes that are its own.

    ``due``: an outcome must come, for it was acknowledged, and not in a cancelled transaction.
    ``may_be_scored``, ``may_be_dead_lettered``: which kinds of outcome are right for it.
    ``shared``: the account of several records that outcomes cannot tell apart, or None.
    """

    __slots__ = (
        "due",
        "letters",
        "may_be_dead_lettered",
        "may_be_scored",
        "predictions",
        "sent",
        "shared",
    )

    def __init__(self, sent: Sent):
        self.sent = sent
        self.predictions = self.letters = _NO_OUTCOMES
        self.shared: list[Entry] | None = None
        self.may_be_scored, self.may_be_dead_lettered = _kinds(sent.admits)
        self.due = bool(sent.admits and sent.outcome == "acknowledged" and sent.offset is not None)

    def add_prediction(self, outcome: Outcome) -> None:
        """This prediction is the record's own."""
        if self.predictions:
            self.predictions.append(outcome)
        else:
            self.predictions = [outcome]

    def add_letter(self, outcome: Outcome) -> None:
        """This dead letter is the record's own."""
        if self.letters:
            self.letters.append(outcome)
        else:
            self.letters = [outcome]

    @property
    def account(self) -> list["Entry"]:
        """All records that outcomes cannot tell apart from this one, itself included."""
        return self.shared or [self]

    @property
    def outcomes(self) -> list[Outcome]:
        """Predictions first, then dead letters."""
        return self.predictions + self.letters

    @property
    def answered(self) -> bool:
        """Whether there is any outcome."""
        return bool(self.predictions or self.letters)

    @property
    def extra(self) -> int:
        """Outcomes beyond the first of each kind; scored *and* dead-lettered is no repetition."""
        return max(0, len(self.predictions) - 1) + max(0, len(self.letters) - 1)


@cache
def _kinds(admits: tuple[str, ...]) -> tuple[bool, bool]:
    return SCORED in admits, any(outcome != SCORED for outcome in admits)
