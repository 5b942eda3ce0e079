"""How probable it is that something normally distributed is above a limit."""

import math


def probability_above(limit: float, mean: float, sigma: float) -> float:
    """The probability that a normal variable is above a limit; `sigma` may be 0."""
    if sigma <= 0.0:
        return float(mean > limit)
    return 0.5 * (1.0 + math.erf((mean - limit) / (sigma * math.sqrt(2.0))))
