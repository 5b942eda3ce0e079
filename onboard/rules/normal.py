"""Probabilities that several rules ask for: of a normal variable, and of how many are so."""

import math

import numpy as np

from onboard.rules.finding import Array


def probability_above(limit: float, mean: float, sigma: float) -> float:
    """The probability that a normal variable is above a limit; `sigma` may be 0."""
    if sigma <= 0.0:
        return float(mean > limit)
    return 0.5 * (1.0 + math.erf((mean - limit) / (sigma * math.sqrt(2.0))))


def probability_of_at_least(count: int, probabilities: Array) -> float:
    """The probability that at least `count` of independent things are so (Poisson binomial)."""
    distribution = np.zeros(count + 1)
    distribution[0] = 1.0
    for probability in probabilities.tolist():
        moved = distribution[:-1] * probability
        distribution[:-1] *= 1.0 - probability
        distribution[1:] += moved
    return float(distribution[count])
