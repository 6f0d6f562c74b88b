"""Puts dead letters back on the input topic: the original bytes, key and headers."""
