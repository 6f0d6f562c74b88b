"""The domain driver behind the steps: brokers, observers, faults, checkers, reports."""
