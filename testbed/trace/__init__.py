"""What became of a run's time, from the spans that it left."""
