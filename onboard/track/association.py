"""Which detection belongs to which track: likelihoods, compared with that of something new.

Everything is twice a negative log likelihood. A pair counts only where it is likelier than that a
new object has come there (Reid 1979: the density of new targets), so a track that was long out of
sight, and may by now be anywhere, takes nothing that it has no claim to.
"""

import math

import numpy as np
import numpy.typing as npt

from onboard.messages import ObjectClass
from onboard.track.kinds import CONFUSED, KIND, OTHER, Kind
from onboard.track.track import Array, Placed

Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]
IMPOSSIBLE = 1e6
# Standard deviations of the log of a box's side: from frame to frame, and over a population.
SIDE_SIGMA = 0.22
SIDES_AT_LARGE_SIGMA = 0.5
# Whatever was seen a moment ago goes before every other explanation.
LATELY_BONUS = 60.0
# What speaks against a sudden move that no smooth motion explains: something brakes, turns on the
# spot, or its box jumps because part of it was hidden. That it was just missed, and something new
# is there instead, is seldom likelier.
SWERVE_COST = 3.0

KINDS: tuple[Kind, ...] = tuple(dict.fromkeys(KIND.values()))
KIND_INDEX = {kind.name: index for index, kind in enumerate(KINDS)}
CLASS_INDEX = {each: KIND_INDEX[KIND.get(each, OTHER).name] for each in ObjectClass}


def _kind_costs() -> Array:
    costs = np.full((len(KINDS), len(KINDS)), IMPOSSIBLE)
    for i, one in enumerate(KINDS):
        for j, other in enumerate(KINDS):
            costs[i, j] = 0.0 if i == j else CONFUSED.get(frozenset({one, other}), IMPOSSIBLE)
    return costs


KIND_COSTS = _kind_costs()


def kinds_of(classes: tuple[ObjectClass, ...]) -> Indices:
    """The index of each class's kind."""
    return np.array([CLASS_INDEX[each] for each in classes], dtype=np.int64)


def log_sides(placed: Placed) -> Array:
    """Logs of widths and heights, (n, 2); NaN where they are not known."""
    if placed.sizes_m is None:
        return np.full((len(placed.classes), 2), np.nan)
    return np.log(np.maximum(placed.sizes_m, 1e-3))


def unlike(kinds: Indices, others: Indices, sides: Array, other_sides: Array) -> Array:
    """What speaks against pairs (n, m) of tracks and detections, but for their places."""
    return np.asarray(KIND_COSTS[kinds[:, None], others[None]] + _side_costs(sides, other_sides))


def likeliest(cost: Array, otherwise: Array) -> list[tuple[int, int]]:
    """The cheapest assignment of those (n, m) that cost less than something new, (m,)."""
    possible = (cost < otherwise) & (cost < IMPOSSIBLE / 2.0)
    return assigned(np.where(possible, cost - otherwise, 0.0))


def _side_costs(of_tracks: Array, of_detections: Array) -> Array:
    difference = (of_tracks[:, None] - of_detections[None]) / SIDE_SIGMA
    # A box that grew by half is one that something hid: beyond that it says no more.
    each = np.minimum(difference**2, 9.0) + 2.0 * math.log(SIDE_SIGMA / SIDES_AT_LARGE_SIGMA)
    costs: Array = np.where(np.isnan(each), 0.0, each).sum(axis=2)
    return costs


def assigned(gains: Array) -> list[tuple[int, int]]:
    """The cheapest assignment; zero stands for none."""
    rows, columns = np.flatnonzero((gains < 0).any(axis=1)), np.flatnonzero((gains < 0).any(axis=0))
    if not len(rows):
        return []
    # Half a second to load: whoever only asks for help, or asks for too much, does not wait.
    from scipy.optimize import linear_sum_assignment

    small = gains[np.ix_(rows, columns)]
    return [
        (int(rows[row]), int(columns[column]))
        for row, column in zip(*linear_sum_assignment(small), strict=True)
        if small[row, column] < 0.0
    ]
