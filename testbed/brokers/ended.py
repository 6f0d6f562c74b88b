"""A Kafka process that ended where it should not have."""

from testbed.errors import CannotStart

TAIL = 1500  # characters of a log in a message


class Ended(CannotStart):
    """``log`` is what the process said; a corrupt cache may be behind it."""

    def __init__(self, what: str, log: str):
        self.log = log
        cause = f"its last words:\n{log[-TAIL:]}" if log else "it said nothing"
        super().__init__(what, cause, "See kafka.log in reports/, and that Java runs here")
