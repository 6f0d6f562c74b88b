"""All twins of all modules."""

from tests.checker.twins import (
    commits,
    content,
    delivery,
    figures,
    letters,
    levels,
    repeats,
    service,
)

_MODULES = (delivery, repeats, content, letters, commits, service, figures, levels)
ALL = [twin for module in _MODULES for twin in module.TWINS]
