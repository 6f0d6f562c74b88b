"""What so many runs with so many failures say about the rate behind them."""

from scipy.stats import beta

CONFIDENCE = 0.95


def highest_rate(failed: int, runs: int) -> float:
    """The failure rate that is not exceeded, at 95 % confidence, one-sided.

    The exact bound of Clopper and Pearson (1934); 300 runs without a failure give 0.0099.
    """
    if failed >= runs:
        return 1.0
    return float(beta.ppf(CONFIDENCE, failed + 1, runs - failed))
