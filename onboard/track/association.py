"""Which detection belongs to which track: likelihoods, compared with that of something new.

Everything is twice a negative log likelihood. A pair counts only where it is likelier than that a
new object has come there (Reid 1979: the density of new targets), so a track that was long out of
sight, and may by now be anywhere, takes nothing that it has no claim to.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.messages import ObjectClass
from onboard.track import kalman
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What tracks bring to an association, one row a track.

    `cost` (n,) is what speaks against each of them beforehand; `lately` (n,) whether it was seen a
    moment ago; `log_sides` (n, 2) NaN where unknown.
    """

    states: Array
    covariances: Array
    kinds: Indices
    log_sides: Array
    cost: Array
    lately: Flags


def kinds_of(classes: tuple[ObjectClass, ...]) -> Indices:
    """The index of each class's kind."""
    return np.array([CLASS_INDEX[each] for each in classes], dtype=np.int64)


def log_sides(placed: Placed) -> Array:
    """Logs of widths and heights, (n, 2); NaN where they are not known."""
    if placed.sizes_m is None:
        return np.full((len(placed.classes), 2), np.nan)
    return np.log(np.maximum(placed.sizes_m, 1e-3))


def matched(
    claims: Claims,
    en_m: Array,
    noise_m2: Array,
    kinds: Indices,
    sides: Array,
    new_cost: Array,
    *,
    gate: float,
) -> list[tuple[int, int]]:
    """Pairs (track, detection) of the likeliest assignment; `new_cost` (m,) is that of no track."""
    if not len(claims.states) or not len(en_m):
        return []
    cost, squared = _costs(claims, en_m, noise_m2, kinds, sides)
    advantage = cost - new_cost[None] - LATELY_BONUS * claims.lately[:, None]
    possible = (squared <= gate) & (advantage < 0.0) & (cost < IMPOSSIBLE / 2.0)
    return _assigned(np.where(possible, advantage, 0.0))


def _costs(
    claims: Claims, en_m: Array, noise_m2: Array, kinds: Indices, sides: Array
) -> tuple[Array, Array]:
    squared, log_determinant = kalman.distances(claims.states, claims.covariances, en_m, noise_m2)
    cost = squared + log_determinant + 2.0 * math.log(2.0 * math.pi)
    cost += KIND_COSTS[claims.kinds[:, None], kinds[None]]
    cost += _side_costs(claims.log_sides, sides) + claims.cost[:, None]
    return cost, squared


def _side_costs(of_tracks: Array, of_detections: Array) -> Array:
    difference = (of_tracks[:, None] - of_detections[None]) / SIDE_SIGMA
    # A box that grew by half is one that something hid: beyond that it says no more.
    each = np.minimum(difference**2, 9.0) + 2.0 * math.log(SIDE_SIGMA / SIDES_AT_LARGE_SIGMA)
    costs: Array = np.nan_to_num(each, nan=0.0).sum(axis=2)
    return costs


def _assigned(gains: Array) -> list[tuple[int, int]]:
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
