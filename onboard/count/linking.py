"""Which tracks are one object seen twice: probabilities of each pair, and the likeliest whole.

Odds of a pair are its likelihood over that of the later track being something new. Every track has
at most one before it and one after it; the marginal probabilities under that rule are those of
loopy belief propagation (Williams and Lau, IEEE Trans. Aerospace and Electronic Systems 50(4),
2014), which on such graphs always converges and is close to exact.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.track.association import assigned
from onboard.track.track import Array

Indices = npt.NDArray[np.int64]
ROUNDS, SETTLED = 100, 1e-6
# Above any that matters, so that a pair with poor odds is still better than none.
MOST_LOG_ODDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Possible pairs, one a row: the `earlier` and the `later` track, (m,), and the `odds` (m,)."""

    earlier: Indices
    later: Indices
    odds: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """`fresh` (n,): the probability that each track is of nothing seen before; `before` (n,): the
    track that each follows in the likeliest whole, or -1.
    """

    fresh: Array
    before: Indices


def linked(pairs: Pairs, count: int) -> Linked:
    """Judge all pairs of `count` tracks together."""
    to_later = _messages(pairs, count)
    sums = np.bincount(pairs.later, weights=to_later, minlength=count)
    fresh: Array = np.asarray(1.0 / (1.0 + sums), dtype=np.float64)
    return Linked(fresh=fresh, before=_likeliest(pairs, fresh))


def _messages(pairs: Pairs, count: int) -> Array:
    """The odds that each later track hears from its possible earlier ones, after settling."""
    from_later = np.ones(len(pairs.odds))
    to_later = np.zeros(len(pairs.odds))
    for _ in range(ROUNDS):
        heard = pairs.odds * from_later
        total = np.bincount(pairs.earlier, weights=heard, minlength=count)
        # A sum without one of its terms: rounding must not make it negative.
        others = np.maximum(0.0, total[pairs.earlier] - heard)
        before, to_later = to_later, pairs.odds / (1.0 + others)
        total = np.bincount(pairs.later, weights=to_later, minlength=count)
        from_later = 1.0 / (1.0 + np.maximum(0.0, total[pairs.later] - to_later))
        if np.abs(to_later - before).max(initial=0.0) < SETTLED:
            break
    return to_later


def _likeliest(pairs: Pairs, fresh: Array) -> Indices:
    """The assignment with the greatest product of odds and as many pairs as are to be expected.

    In a herd no pair of its own may be likely, and still most of the herd was seen before: that so
    many were is surer than which they are.
    """
    before = np.full(len(fresh), -1, dtype=np.int64)
    rows, row = np.unique(pairs.earlier, return_inverse=True)
    columns, column = np.unique(pairs.later, return_inverse=True)
    gains = np.zeros((len(rows), len(columns)))
    gains[row, column] = -np.log(pairs.odds) - MOST_LOG_ODDS
    found = [(int(rows[one]), int(columns[other])) for one, other in assigned(gains)]
    found.sort(key=lambda pair: float(fresh[pair[1]]))
    for one, other in found[: round(float((1.0 - fresh).sum()))]:
        before[other] = one
    return before


def chains(before: Indices) -> list[list[int]]:
    """Tracks of one object each, earliest first."""
    after = {int(one): index for index, one in enumerate(before) if one >= 0}
    found = []
    for first in np.flatnonzero(before < 0).tolist():
        chain = [first]
        while chain[-1] in after:
            chain.append(after[chain[-1]])
        found.append(chain)
    return found
