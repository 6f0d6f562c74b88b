"""All groups of saboteurs; importing them fills the table."""

import importlib

from tests.consumers.saboteurs.saboteur import TABLE

GROUPS = (
    *("delivery", "dead_letters", "letters", "scoring", "ordering", "rebalancing"),
    *("transactions", "network", "cluster", "shutdown", "timing", "resources", "plain"),
    *("figures", "levels", "positions"),
)

for _name in GROUPS:
    importlib.import_module(f"tests.consumers.saboteurs.{_name}")

__all__ = ["TABLE"]
