"""What a saboteur declares, and the one table of all of them."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

AT_LEAST_ONCE, EXACTLY_ONCE = "at-least-once", "exactly-once"
# For one that stands still in a scenario without faults.
STUCK_SOON = {"timeout.stalled_s": "6", "timeout.late_commit_s": "6"}
# What a broken promise breaks with it, whatever the sin behind it.
FOLLOWS = {
    "no-loss": ("commit-not-ahead", "poison-isolated"),
    "stays-up": ("no-loss", "lag-returns", "poison-isolated"),
    "restart-idle": ("no-duplicates",),
    "zombie-adds-nothing": ("no-duplicates",),
    "never-both": ("no-duplicates", "right-outcome"),
    "lag-returns": ("no-loss", "poison-isolated"),
    "commit-reaches-end": ("stops-clean",),
}


@dataclass(frozen=True)
class Saboteur:
    """One broken consumer.

    ``caught_by``: promises that must all be seen broken in the scenarios ``where`` it runs;
    ``also``: promises that its sin may break besides. A scenario is written
    ``feature: words of its name``. ``options`` are further choices of the run (userdata).
    ``runs``: the delivery that it really has, where that is not the one that it declares.
    """

    name: str
    group: str
    sin: str
    caught_by: tuple[str, ...]
    where: tuple[str, ...]
    source: str
    delivery: str = AT_LEAST_ONCE
    also: tuple[str, ...] = ()
    runs: str = ""
    options: dict[str, str] = field(default_factory=dict)
    quick: bool = False
    alone: bool = False
    begin: Callable[[], int | None] = field(default=lambda: None, repr=False, compare=False)

    def declaration(self) -> dict:
        """What the proof needs to know, ready for JSON."""
        own = ("name", "group", "sin", "caught_by", "also", "where", "source", "delivery")
        return {name: getattr(self, name) for name in (*own, "options", "quick")} | {
            "command": [sys.executable, "-m", __package__, self.name]
        }


TABLE: dict[str, Saboteur] = {}


def saboteur(
    caught_by: str | tuple[str, ...],
    where: str | tuple[str, ...],
    *,
    source: str = "own",
    also: str | tuple[str, ...] = (),
    **more,
):
    """Enter a function into the table: its name, its docstring as the sin, and what is given.

    The function changes the reference consumer, which is run then; with ``alone`` it is a whole
    consumer by itself and returns its exit code.
    """

    def enter(begin: Callable[[], int | None]) -> Callable[[], int | None]:
        name = begin.__name__.strip("_")
        if name in TABLE:
            raise ValueError(f"Expected one saboteur of each name, got {name} twice")
        TABLE[name] = Saboteur(
            name=name,
            sin=" ".join((begin.__doc__ or "").split()),
            caught_by=_several(caught_by),
            where=_several(where),
            source=source,
            also=(*_several(also), *(one for by in _several(caught_by) for one in _following(by))),
            begin=begin,
            **{"group": begin.__module__.rpartition(".")[2].replace("_", " ")} | more,
        )
        return begin

    return enter


def _following(promise: str) -> tuple[str, ...]:
    return FOLLOWS.get(promise, ())


def _several(one_or_more: str | tuple[str, ...]) -> tuple[str, ...]:
    return (one_or_more,) if isinstance(one_or_more, str) else one_or_more
