"""One line of the ledger."""

from testbed.history import SCORED, Outcome, Sent


class Entry:
    """A record that was sent, and the outcomes that are its own."""

    __slots__ = ("account", "letters", "predictions", "sent")

    def __init__(self, sent: Sent):
        self.sent = sent
        self.predictions: list[Outcome] = []
        self.letters: list[Outcome] = []
        self.account: list[Entry] = [self]

    @property
    def outcomes(self) -> list[Outcome]:
        """Predictions first, then dead letters."""
        return self.predictions + self.letters

    @property
    def answered(self) -> bool:
        """Whether there is any outcome."""
        return bool(self.predictions or self.letters)

    @property
    def due(self) -> bool:
        """Whether an outcome must come: acknowledged, and not in a cancelled transaction."""
        sent = self.sent
        return sent.outcome == "acknowledged" and sent.offset is not None and bool(sent.admits)

    @property
    def extra(self) -> int:
        """Outcomes beyond the first of each kind; scored *and* dead-lettered is no repetition."""
        return max(0, len(self.predictions) - 1) + max(0, len(self.letters) - 1)

    @property
    def may_be_scored(self) -> bool:
        """Whether a prediction is right for it."""
        return SCORED in self.sent.admits

    @property
    def may_be_dead_lettered(self) -> bool:
        """Whether a dead letter is right for it."""
        return any(outcome != SCORED for outcome in self.sent.admits)
