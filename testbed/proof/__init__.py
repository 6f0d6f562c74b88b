"""The proof that red is reachable: broken consumers are caught, honest ones passed."""
