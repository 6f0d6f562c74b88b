"""The one typed object on behave's context, and the parts that steps speak to."""

from testbed.world.world import World

__all__ = ["World"]
