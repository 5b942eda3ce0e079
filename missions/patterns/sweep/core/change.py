"""Changes to a way: some of its points become others, and what that does to the ground seen."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.patterns.sweep.core.edges import Edges, crosses
from missions.patterns.sweep.core.kernels import Array, inner
from missions.patterns.sweep.core.seen_ground import (
    SeenGround,
    band_of,
    exchange_bands,
    exchange_discs,
    paint_band,
    paint_disc,
)

# How many points a change may remove or add.
AT_MOST = 2


class Working(NamedTuple):
    """A way being worked on, with room for more points than it holds, and what is known of it.

    `fixed[i]` says that the leg from point i on keeps its direction. A change replaces points from
    some k on by the first of `fresh`; `old` are the points it removed. `stretch` is the way about
    k as it would be.
    """

    points: Array
    speeds: Array
    times: Array
    waiting: npt.NDArray[np.bool_]
    fixed: npt.NDArray[np.bool_]
    fresh: Array
    old: Array
    stretch: Array
    stretch_speeds: Array
    stretch_times: Array


@inner
def same_direction(
    ax: float, ay: float, bx: float, by: float, px: float, py: float, qx: float, qy: float
) -> bool:
    """Whether a-b and p-q point the same way."""
    cross = (bx - ax) * (qy - py) - (by - ay) * (qx - px)
    along = (bx - ax) * (qx - px) + (by - ay) * (qy - py)
    return along > 0.0 and cross * cross < 1e-14 * along * along


@inner
def keeps_directions(work: Working, n: int, k: int, removed: int, added: int) -> bool:
    """Whether the fixed legs about k point the same way after the change."""
    points, fresh, fixed = work.points, work.fresh, work.fixed
    after = k + removed
    if removed > added:
        count = 0
        for leg in range(max(0, k - 1), min(n - 1, after)):
            count += fixed[leg]
        return count == 0
    if k > 0 and fixed[k - 1]:
        ax, ay = points[k - 1, 0], points[k - 1, 1]
        bx, by = points[k, 0], points[k, 1]
        if not same_direction(ax, ay, bx, by, ax, ay, fresh[0, 0], fresh[0, 1]):
            return False
    if after < n and fixed[after - 1]:
        ax, ay = points[after - 1, 0], points[after - 1, 1]
        bx, by = points[after, 0], points[after, 1]
        if not same_direction(ax, ay, bx, by, fresh[added - 1, 0], fresh[added - 1, 1], bx, by):
            return False
    if removed == AT_MOST and fixed[k]:
        return same_direction(
            points[k, 0],
            points[k, 1],
            points[k + 1, 0],
            points[k + 1, 1],
            fresh[0, 0],
            fresh[0, 1],
            fresh[1, 0],
            fresh[1, 1],
        )
    return True


@inner
def shortest_leg(points: Array, n: int, k: int, after: int, between: Array, count: int) -> float:
    """The shortest leg from point k - 1 by the points `between` to the point `after`."""
    shortest = 1e18
    for i in range(count - 1):
        length = math.hypot(between[i + 1, 0] - between[i, 0], between[i + 1, 1] - between[i, 1])
        shortest = min(shortest, length)
    if count == 0:
        return math.hypot(points[after, 0] - points[k - 1, 0], points[after, 1] - points[k - 1, 1])
    if k > 0:
        length = math.hypot(between[0, 0] - points[k - 1, 0], between[0, 1] - points[k - 1, 1])
        shortest = min(shortest, length)
    if after < n:
        last = count - 1
        length = math.hypot(
            points[after, 0] - between[last, 0], points[after, 1] - between[last, 1]
        )
        shortest = min(shortest, length)
    return shortest


@inner
def stays_inside(work: Working, n: int, k: int, removed: int, added: int, edges: Edges) -> bool:
    """Whether the legs to, between and from the fresh points stay inside."""
    points, fresh = work.points, work.fresh
    x, y = fresh[0, 0], fresh[0, 1]
    if k > 0:
        x, y = points[k - 1, 0], points[k - 1, 1]
    for i in range(added):
        if crosses(edges, x, y, fresh[i, 0], fresh[i, 1]):
            return False
        x, y = fresh[i, 0], fresh[i, 1]
    after = k + removed
    return after >= n or not crosses(edges, x, y, points[after, 0], points[after, 1])


@inner
def lead(
    ground: SeenGround, ax: float, ay: float, px: float, py: float, qx: float, qy: float
) -> int:
    """The leg a-p becomes a-q."""
    if same_direction(ax, ay, px, py, ax, ay, qx, qy):
        if math.hypot(qx - ax, qy - ay) > math.hypot(px - ax, py - ay):
            return paint_band(ground, px, py, qx, qy, 1)
        return paint_band(ground, qx, qy, px, py, -1)
    old, new = band_of(ground, ax, ay, px, py), band_of(ground, ax, ay, qx, qy)
    return exchange_bands(ground, old, new)


@inner
def trail(
    ground: SeenGround, px: float, py: float, qx: float, qy: float, bx: float, by: float
) -> int:
    """The leg p-b becomes q-b."""
    if same_direction(bx, by, px, py, bx, by, qx, qy):
        if math.hypot(qx - bx, qy - by) > math.hypot(px - bx, py - by):
            return paint_band(ground, qx, qy, px, py, 1)
        return paint_band(ground, px, py, qx, qy, -1)
    old, new = band_of(ground, px, py, bx, by), band_of(ground, qx, qy, bx, by)
    return exchange_bands(ground, old, new)


@inner
def see_changed(
    ground: SeenGround,
    points: Array,
    n: int,
    k: int,
    after: int,
    old: Array,
    removed: int,
    new: Array,
    added: int,
) -> int:
    """See what the way sees when `old` between the points k - 1 and `after` becomes `new`; cells
    gained. With old and new exchanged it takes that back."""
    gained = 0
    before = k - 1
    if removed > 0 and added > 0:
        last_old, last_new = removed - 1, added - 1
        if k > 0:
            ax, ay = points[before, 0], points[before, 1]
            gained += lead(ground, ax, ay, old[0, 0], old[0, 1], new[0, 0], new[0, 1])
        if after < n:
            gained += trail(
                ground,
                old[last_old, 0],
                old[last_old, 1],
                new[last_new, 0],
                new[last_new, 1],
                points[after, 0],
                points[after, 1],
            )
    else:
        ax, ay = points[before, 0], points[before, 1]
        bx, by = points[after, 0], points[after, 1]
        if added == 0:
            gained += paint_band(ground, ax, ay, bx, by, 1)
            gained += paint_band(ground, ax, ay, old[0, 0], old[0, 1], -1)
            gained += paint_band(ground, old[removed - 1, 0], old[removed - 1, 1], bx, by, -1)
        else:
            gained += paint_band(ground, ax, ay, new[0, 0], new[0, 1], 1)
            gained += paint_band(ground, new[added - 1, 0], new[added - 1, 1], bx, by, 1)
            gained += paint_band(ground, ax, ay, bx, by, -1)
    if removed == AT_MOST and added == AT_MOST:
        was = band_of(ground, old[0, 0], old[0, 1], old[1, 0], old[1, 1])
        becomes = band_of(ground, new[0, 0], new[0, 1], new[1, 0], new[1, 1])
        gained += exchange_bands(ground, was, becomes)
    elif added == AT_MOST:
        gained += paint_band(ground, new[0, 0], new[0, 1], new[1, 0], new[1, 1], 1)
    elif removed == AT_MOST:
        gained += paint_band(ground, old[0, 0], old[0, 1], old[1, 0], old[1, 1], -1)
    if k > 0 and after < n:
        both = min(removed, added)
        for i in range(both):
            gained += exchange_discs(ground, old[i, 0], old[i, 1], new[i, 0], new[i, 1])
        for i in range(both, added):
            gained += paint_disc(ground, new[i, 0], new[i, 1], 1)
        for i in range(both, removed):
            gained += paint_disc(ground, old[i, 0], old[i, 1], -1)
    return gained


@inner
def splice(work: Working, n: int, k: int, removed: int, added: int) -> int:
    """Put the fresh points into the way; how many points it then has."""
    change = added - removed
    after = k + removed
    if change > 0:
        for i in range(n - 1, after - 2, -1):
            move_point(work, i, i + change, i >= after)
    elif change < 0:
        for i in range(after - 1, n):
            move_point(work, i, i + change, i >= after)
    for i in range(k, k + added - 1):
        work.fixed[i] = work.fixed[i] and change <= 0
    for i in range(added):
        work.points[k + i, 0] = work.fresh[i, 0]
        work.points[k + i, 1] = work.fresh[i, 1]
    n += change
    for i in range(max(0, k - 3), min(n, k + added + 3)):
        work.waiting[i] = True
    return n


@inner
def move_point(work: Working, i: int, to: int, whole: bool) -> None:
    """Move what is known of a point and the leg after it; of its leg alone unless `whole`."""
    work.fixed[to] = work.fixed[i]
    work.times[to] = work.times[i]
    if whole:
        work.points[to, 0] = work.points[i, 0]
        work.points[to, 1] = work.points[i, 1]
        work.speeds[to] = work.speeds[i]
        work.waiting[to] = work.waiting[i]
