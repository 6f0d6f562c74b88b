"""All twins of all modules."""

from tests.checker.twins import commits, content, delivery, service

ALL = [*delivery.TWINS, *content.TWINS, *commits.TWINS, *service.TWINS]
