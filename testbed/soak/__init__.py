"""How often a run fails that should not: many runs, some of them under pressure."""
