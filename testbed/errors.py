"""What can go wrong with the bench, as opposed to the consumer under test.

A broken promise is an ``AssertionError`` and never one of these, so that a
report can tell *the consumer is wrong* from *the bench is broken*.
"""


class BenchError(Exception):
    """The bench failed in mid-run: no verdict about the consumer is possible.

    ``what`` happened, its ``cause``, and the ``next_step`` for the person who reads it.
    """

    exit_code = 4

    def __init__(self, what: str, cause: str = "", next_step: str = ""):
        self.what, self.cause, self.next_step = what, cause, next_step
        super().__init__(" ".join(_sentences(what, cause, next_step)))


class UsageError(BenchError):
    """An option, a placeholder or a file that the user named is wrong."""

    exit_code = 2


class CannotStart(BenchError):
    """The run could not begin: no broker, no consumer, no free port, no disk."""

    exit_code = 3


class NotReached(BenchError):
    """A condition that the bench waits for did not come within its limit."""


def _sentences(*parts: str) -> list[str]:
    return [part if part.endswith((".", "!", "?")) else part + "." for part in parts if part]
