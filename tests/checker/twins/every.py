"""All twins of all modules."""

from tests.checker.twins import (
    commits,
    content,
    cut_offs,
    delivery,
    figures,
    letters,
    levels,
    repeats,
    service,
)

_MODULES = (delivery, repeats, cut_offs, content, letters, commits, service, figures, levels)
ALL = [twin for module in _MODULES for twin in module.TWINS]
