"""From what was found to how many there are: a posterior, sampled.

Found objects are real, and seen for the first time, each with a probability of its own (a sum of
such is Poisson-binomial). What no look found follows from how often looks find what is there: the
beta-binomial model of capture and recapture with unequal catchability (Dorazio and Royle,
Biometrics 59, 2003), conditional on having been found at all, so that a second pass teaches and a
single one leaves the detector's known recall. Missed are then negative binomial, given found.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from onboard.count.settings import CountSettings
from onboard.track.track import Array

SAMPLES = 2_000
MEANS = np.concatenate((np.linspace(0.3, 0.9, 25), np.linspace(0.91, 0.99, 9), [0.995, 0.999]))
# How alike the looks at one object are: 0 each by itself, 1 always or never found.
ALIKE = np.array([0.02, 0.1, 0.25, 0.5])
MERGED_SIGMA = 0.4
# What goes wrong with counts beyond what is modelled here, as a share of them.
BEYOND_SIGMA = 0.03
# How far another recall than was told moves the log odds of pairs, at most: that as many were met
# again as were speaks against a poorer one already. And how far all of them are off together.
POORER_SHIFT, BETTER_SHIFT, PAIRS_SIGMA = 0.1, 1.0, 0.3
SEED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One row a track: `real` and `fresh` probabilities, `merged` more in its box, its known
    `recall` and `false_share`. One row an object: `looks` at it, and where nothing else was near
    that it could be confused with, in how many of `clean` ones it was `found`.
    """

    real: Array
    fresh: Array
    merged: Array
    recall: Array
    false_share: Array
    looks: Array
    clean: Array
    found: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How many: the middle of the posterior, and the interval from `low` to `high`."""

    count: int
    low: int
    high: int
    looked_twice: int
    recall: float


def estimated(found: Found, settings: CountSettings) -> Estimate:
    """The posterior's median and interval; the same input has the same answer."""
    rng = np.random.default_rng(SEED)
    means, alike = _recalls(found, settings, rng)
    counts = _true(found, means, settings, rng)
    counts = counts + _missed(counts, found.looks, means, alike, rng)
    tail = 50.0 * (1.0 - settings.probability)
    low, middle, high = np.percentile(counts, [tail, 50.0, 100.0 - tail])
    return Estimate(
        count=round(float(middle)),
        low=int(np.floor(low)),
        high=int(np.ceil(high)),
        looked_twice=int((found.clean >= 2).sum()),
        recall=float(np.median(means)),
    )


def _true(found: Found, means: Array, settings: CountSettings, rng: Generator) -> Array:
    """Samples of how many real objects were found, with those in others' boxes, (s,)."""
    chance = found.real * _fresh(found.fresh, means, settings.recall, rng)
    real = (rng.random(chance.shape) < chance).sum(axis=1)
    share = float(found.false_share.mean())
    worth = settings.false_worth
    false = rng.binomial(real, rng.beta(share * worth, (1.0 - share) * worth, SAMPLES))
    more = (found.merged * chance).sum(axis=1)
    merged = rng.poisson(more * np.exp(rng.normal(0.0, MERGED_SIGMA, SAMPLES)))
    beyond = np.exp(rng.normal(0.0, BEYOND_SIGMA, SAMPLES))
    return np.asarray((real - false + merged) * beyond, dtype=np.float64)


def _fresh(fresh: Array, means: Array, told: float, rng: Generator) -> Array:
    """How probable it is that each track is new, (s, n), had recall been other than was told.

    Where looks miss more, more of what a later look finds was missed before. Sure pairs do not
    mind; in a herd whose members cannot be told apart, all pairs do, together: so how it lies upon
    itself, and how it changed its shape meanwhile, widens the whole interval.
    """
    odds = np.log(told / (1.0 - told)) - np.log(means / (1.0 - means))
    moved = np.clip(odds, -BETTER_SHIFT, POORER_SHIFT)
    shift = (moved + rng.normal(0.0, PAIRS_SIGMA, len(means)))[:, None]
    fresh = np.clip(fresh, 1e-9, 1.0 - 1e-12)
    return np.asarray(1.0 / (1.0 + np.exp(np.log1p(-fresh) - np.log(fresh) - shift)))


def _recalls(found: Found, settings: CountSettings, rng: Generator) -> tuple[Array, Array]:
    """Samples of a look's mean recall and of how alike looks are, (s,) each."""
    worth, prior = settings.recall_worth, float(found.recall.mean())
    mean, alike = (grid.ravel() for grid in np.meshgrid(MEANS, ALIKE, indexing="ij"))
    log_weight = (prior * worth - 1.0) * np.log(mean)
    log_weight += ((1.0 - prior) * worth - 1.0) * np.log1p(-mean) + np.log(_widths(mean))
    a, b = _beta(mean, alike)
    again = found.clean >= 2
    for looks, times in _tally(found.clean[again], found.found[again]):
        log_weight += times * _log_likelihood(*looks, a, b)
    weight = np.exp(log_weight - log_weight.max())
    chosen = rng.choice(len(mean), SAMPLES, p=weight / weight.sum())
    return mean[chosen], alike[chosen]


def _widths(mean: Array) -> Array:
    """How much of the range of means each grid point stands for."""
    return np.asarray(np.interp(mean, MEANS, np.gradient(MEANS)), dtype=np.float64)


def _tally(looks: Array, found: Array) -> list[tuple[tuple[int, int], int]]:
    pairs, times = np.unique(np.stack((looks, found), axis=1), axis=0, return_counts=True)
    return [
        ((int(a), int(b)), int(n)) for (a, b), n in zip(pairs.tolist(), times.tolist(), strict=True)
    ]


def _beta(mean: Array, alike: Array) -> tuple[Array, Array]:
    strength = 1.0 / alike - 1.0
    return mean * strength, (1.0 - mean) * strength


def _log_likelihood(looks: int, found: int, a: Array, b: Array) -> Array:
    """Of so many finds in so many looks, given at least one find; without its constant."""
    from scipy.special import betaln

    log_any = np.log1p(-np.exp(betaln(a, b + looks) - betaln(a, b)))
    return np.asarray(betaln(a + found, b + looks - found) - betaln(a, b) - log_any)


def _missed(counts: Array, looks: Array, mean: Array, alike: Array, rng: Generator) -> Array:
    """Samples of how many no look found: those found are shared out over numbers of looks."""
    from scipy.special import betaln

    a, b = _beta(mean, alike)
    missed = np.zeros(SAMPLES)
    for number, share in zip(*np.unique(looks, return_counts=True), strict=True):
        found_at_all = -np.expm1(betaln(a, b + number) - betaln(a, b))
        expected = np.maximum(1e-9, counts * share / len(looks))
        missed += rng.negative_binomial(expected, np.clip(found_at_all, 1e-6, 1.0 - 1e-9))
    return missed
