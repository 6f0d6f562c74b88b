"""A network that can fail, between the consumer under test and one broker node."""
