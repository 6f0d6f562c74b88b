"""Broken consumers, one visible sin each, that the features must catch (docs/proof.md)."""
