"""Why the consumer ends by itself: one class per exit code, one line per message."""


class ConsumerError(Exception):
    """The consumer cannot start or go on; the text says expected, got, next step."""

    exit_code = 6


class UsageError(ConsumerError):
    """A flag or a file named by one is wrong."""

    exit_code = 2


class Unreachable(ConsumerError):
    """No broker answers, or the metrics port is taken."""

    exit_code = 3


class ModelRefused(ConsumerError):
    """The model file is missing, foreign, corrupt, or not the one that was pinned."""

    exit_code = 4


class CredentialsRefused(ConsumerError):
    """The broker does not accept who we are, or does not let us do what we must."""

    exit_code = 5


class Fenced(ConsumerError):
    """Another process took over our transactional id, or a client failed for good."""

    exit_code = 6


class Stopped(Exception):
    """A stop was asked for while something waited."""
