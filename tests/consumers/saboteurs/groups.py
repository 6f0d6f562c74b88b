"""All groups of saboteurs; importing them fills the table."""

from tests.consumers.saboteurs import delivery, scoring
from tests.consumers.saboteurs.saboteur import TABLE

__all__ = ["TABLE", "delivery", "scoring"]
