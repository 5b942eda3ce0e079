"""Times before which no division of a task can be done, so that what was found can be judged.

For an area: a way of a length shows at most its swath times that, and a disc; and somebody shows
its far end and comes back. For places: every
plan's flights join all places to a dock, so they are no shorter than the shortest tree that does,
with prices on places that have it pass through each once (Held and Karp 1971).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Point, Polygon

from missions.fleet.kernels.routes import Work
from missions.fleet.reckoned import Flyers
from missions.geodesy import LocalPlane

Array = npt.NDArray[np.float64]

# The part of an area that counts as all of it.
SHOWN = 0.99
# The far end is what is farther than this part of the cells; cells cut by the edge are spared.
FAR_CELLS, FAR_SHARE = 20_000, 0.985
ASCENTS = 150


def level(begins_s: Array, rates: Array, needed: float) -> float:
    """The time by which workers have done what is needed, each from when it can begin on, at its
    rate: water filled into a vessel of steps."""
    order = np.argsort(begins_s, kind="stable")
    rate, done, now = 0.0, 0.0, 0.0
    for worker in order:
        begin = float(begins_s[worker])
        if rate > 0.0 and done + rate * (begin - now) >= needed:
            break
        done += rate * (begin - now)
        rate, now = rate + float(rates[worker]), begin
    return now + max(0.0, needed - done) / rate if rate > 0.0 else math.inf


def area_bound_s(
    polygon: Polygon,
    swaths_m: Sequence[float],
    flyers: Flyers,
    plane: LocalPlane,
    upright_s: Array,
) -> float:
    """A time before which no fleet, each seeing its swath, has shown nearly all of a polygon.

    `upright_s` is what each drone's flight takes at least to go up and to come down.
    """
    swaths = np.asarray(swaths_m, dtype=np.float64)
    speeds = np.array([eye.speed_m_s + _helped(flyers) for eye in flyers.eyes])
    docks = flyers.docks_en(plane)
    reach = np.array(
        [
            max(0.0, polygon.distance(Point(dock)) - swath / 2.0) if drone.docked else 0.0
            for drone, dock, swath in zip(flyers.drones, docks, swaths, strict=True)
        ]
    )
    ready = np.array([drone.free_from_s for drone in flyers.drones]) + upright_s
    cruises = np.array([drone.vehicle.cruise_speed_m_s for drone in flyers.drones])
    # Ways from and to docks may be flown faster than the task.
    fastest = np.maximum(speeds, cruises + _helped(flyers))
    # What one drone shows in a second, and at the ends of its way.
    rates = speeds * swaths
    needed_m2 = SHOWN * polygon.area - float((math.pi * swaths**2 / 4.0).sum())
    shared_s = level(ready + 2.0 * reach / fastest, rates, max(0.0, needed_m2))
    docked = np.array([drone.docked for drone in flyers.drones])
    there_and_back = _Ways(
        s_per_m=np.where(docked, 2.0 / fastest, 0.0),
        turn_s=np.where(docked, _turn_s(flyers, fastest), 0.0),
        turn_m=fastest**2 / np.array([drone.vehicle.acceleration_m_s2 for drone in flyers.drones]),
    )
    far_s = _far_end_s(polygon, docks, ready, there_and_back, swaths / 2.0)
    return max(shared_s, far_s)


@dataclass(frozen=True, slots=True)
class _Ways:
    """Each drone's seconds for a metre there and back, and for the turn where it is as far as that
    takes; nearer, a share of it."""

    s_per_m: Array
    turn_s: Array
    turn_m: Array

    def seconds(self, metres: Array) -> Array:
        """Of so many metres, (cells, drones)."""
        whole: Array = self.s_per_m * metres + self.turn_s * np.minimum(1.0, metres / self.turn_m)
        return whole


def _far_end_s(polygon: Polygon, docks: Array, ready_s: Array, ways: _Ways, sees_m: Array) -> float:
    """When the far end of a polygon can be shown at the earliest by one there and back: more of it
    than may be left out lies as far for everybody."""
    left, low, right, high = polygon.bounds
    cell = math.sqrt((right - left) * (high - low) / FAR_CELLS)
    x, y = np.meshgrid(np.arange(left, right, cell), np.arange(low, high, cell))
    x, y = x + cell / 2.0, y + cell / 2.0
    within = shapely.contains_xy(polygon, x, y)
    cells = np.column_stack((x[within], y[within]))
    if not len(cells):
        return 0.0
    away = np.hypot(*(cells[:, None, :] - docks[None, :, :]).transpose(2, 0, 1))
    # Any place of a cell may be this much nearer than its middle.
    near = np.maximum(0.0, away - sees_m - cell * math.sqrt(0.5))
    return float(np.quantile((ready_s + ways.seconds(near)).min(axis=1), FAR_SHARE))


def _turn_s(flyers: Flyers, speeds: Array) -> Array:
    """What a way out and back takes beyond its length: from standing, and to a stand at its end.

    By their distance from the dock alone that holds of every way. A wing turns without a stand. The
    way home ends where the drone is accepted to be there, which may be before it stands.
    """
    accelerations = np.array([drone.vehicle.acceleration_m_s2 for drone in flyers.drones])
    winged = np.array([drone.vehicle.winged for drone in flyers.drones])
    accepted_m = np.array([drone.vehicle.px4.nav_acc_rad_m for drone in flyers.drones])
    changes_s = np.where(winged, 0.0, 1.5 * speeds / accelerations)
    turns: Array = changes_s - accepted_m / speeds
    return turns


def _helped(flyers: Flyers) -> float:
    """A wing is faster with the wind; a multirotor holds its speed over the ground."""
    winged = any(drone.vehicle.winged for drone in flyers.drones)
    return flyers.wind.speed_m_s if winged else 0.0


def places_bound_s(work: Work) -> float:
    """A time before which nobody has visited all places, each having one node of its own."""
    reach = [
        np.where(
            work.may[i],
            work.free[i] + work.overhead[i] + work.service[work.pace[i]] + _there_and_back(work, i),
            np.inf,
        )
        for i in range(len(work.out))
    ]
    farthest = float(np.min(reach, axis=0).max())
    needed = float(work.service.min(axis=0).sum()) + tree_bound(*_least_gaps(work))
    begins = work.free + work.overhead
    return max(farthest, level(begins, np.ones(len(begins)), needed))


def _there_and_back(work: Work, drone: int) -> Array:
    nodes = work.ends[:, 0]
    if not work.docked[drone]:
        return np.zeros(len(nodes))
    whole: Array = work.out[drone, nodes] + work.back[drone, nodes]
    return whole


def _least_gaps(work: Work) -> tuple[Array, Array]:
    """The fewest seconds between places either way, (n, n), and from or to any dock, (n,)."""
    nodes = work.ends[:, 0]
    gaps = work.gaps.min(axis=0)[np.ix_(nodes, nodes)]
    gaps = np.minimum(gaps, gaps.T)
    if not work.docked.all():
        # A flight that begins and ends at a place of its own needs no way from a dock.
        return gaps, np.zeros(len(nodes))
    docks = np.minimum(work.out, work.back).min(axis=0)[nodes]
    return gaps, docks


def tree_bound(gaps: Array, docks: Array) -> float:
    """A bound below all tours that together pass every place once, each from a dock and back.

    `gaps` (n, n) and `docks` (n,) are the least costs between places, and between each and a dock.
    """
    count = len(docks)
    whole = np.zeros((count + 1, count + 1))
    whole[1:, 1:] = gaps
    whole[0, 1:] = whole[1:, 0] = docks
    prices, best = np.zeros(count + 1), 0.0
    step = float(whole.sum()) / max(1, count * (count + 1)) / 2.0
    for _ in range(ASCENTS):
        priced = whole + prices[:, None] + prices[None, :]
        cost, degrees = _tree(priced)
        # Each tour closes its tree's end with one more way to a dock; there is one at least.
        closing = int(np.argmin(priced[0, 1:])) + 1
        one_more = float(priced[0, closing])
        if one_more < 0.0:
            # More tours would only gain: no bound at these prices.
            prices[1:] += step
            continue
        degrees[[0, closing]] += 1
        best = max(best, cost + one_more - 2.0 * float(prices.sum()))
        away = degrees[1:] - 2
        if not away.any():
            break
        prices[1:] += step * away
        step *= 0.97
    return best


def _tree(costs: Array) -> tuple[float, npt.NDArray[np.int64]]:
    """The shortest tree's cost, and how many ways meet at each of its nodes (Prim)."""
    count = len(costs)
    nearest, parent = costs[0].copy(), np.zeros(count, dtype=np.int64)
    outside = np.ones(count, dtype=bool)
    outside[0] = False
    degrees, total = np.zeros(count, dtype=np.int64), 0.0
    for _ in range(count - 1):
        node = int(np.where(outside, nearest, np.inf).argmin())
        total += float(nearest[node])
        degrees[[node, parent[node]]] += 1
        outside[node] = False
        closer = outside & (costs[node] < nearest)
        nearest[closer], parent[closer] = costs[node][closer], node
    return total, degrees
