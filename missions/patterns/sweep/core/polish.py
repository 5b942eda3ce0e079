"""A way made quicker: its points are moved, cut off, joined and dropped while enough stays seen.

A move is taken if the seconds it saves outweigh the ground it loses, at a price that falls from
round to round, so that what may stay unseen is spent where it saves most.
"""

import math
from typing import NamedTuple

from missions.patterns.sweep.core.change import (
    Working,
    keeps_directions,
    see_changed,
    shortest_leg,
    splice,
    stays_inside,
)
from missions.patterns.sweep.core.edges import Edges
from missions.patterns.sweep.core.kernels import Array, entry, inner
from missions.patterns.sweep.core.motion import Motion, set_speeds, set_times
from missions.patterns.sweep.core.moves import KINDS, propose
from missions.patterns.sweep.core.seen_ground import SeenGround, forget_seen, paint_way

# Speeds further along the way than this many points stay as they are.
REACH = 7
NOT_FLYABLE_S = 1e18


class Terms(NamedTuple):
    """What is asked of the way: `steps` are the metres points move by, `prices` the seconds a cell
    unseen costs, from dear to cheap. At each price the way is gone through so many `rounds`, or
    until nothing helps.

    `doubt` is how many more cells any move may lose than the raster finds: of many moves, those are
    taken whose losses fall between the cells."""

    steps: Array
    prices: Array
    wanted: int
    may_miss: int
    shortest_m: float
    rounds: int
    doubt: float


@inner
def window(work: Working, n: int, k: int, removed: int, motion: Motion) -> tuple[int, int]:
    """The points about k beyond which no speed changes: there the vehicle can stop on the way."""
    stop = motion.speed_m_s * motion.speed_m_s / (2.0 * motion.acceleration_m_s2)
    points = work.points
    low = max(0, k - 1)
    far = 0.0
    while low > 0 and k - low < REACH and far < stop:
        low -= 1
        far += math.hypot(points[low + 1, 0] - points[low, 0], points[low + 1, 1] - points[low, 1])
    after = k + removed
    high = min(n - 1, after)
    far = 0.0
    while high < n - 1 and high - after < REACH - 1 and far < stop:
        high += 1
        far += math.hypot(
            points[high, 0] - points[high - 1, 0], points[high, 1] - points[high - 1, 1]
        )
    return low, high


@inner
def saved(
    work: Working, low: int, high: int, k: int, removed: int, added: int, motion: Motion
) -> float:
    """Seconds saved between the points `low` and `high` by the change at k."""
    stretch = work.stretch
    m = 0
    for i in range(low, k):
        stretch[m, 0] = work.points[i, 0]
        stretch[m, 1] = work.points[i, 1]
        m += 1
    for i in range(added):
        stretch[m, 0] = work.fresh[i, 0]
        stretch[m, 1] = work.fresh[i, 1]
        m += 1
    for i in range(k + removed, high + 1):
        stretch[m, 0] = work.points[i, 0]
        stretch[m, 1] = work.points[i, 1]
        m += 1
    speeds = work.stretch_speeds
    speeds[0] = work.speeds[low]
    speeds[m - 1] = work.speeds[high]
    set_speeds(stretch, 0, m - 1, speeds, motion)
    if speeds[0] < work.speeds[low] - 1e-6 or speeds[m - 1] < work.speeds[high] - 1e-6:
        return -NOT_FLYABLE_S
    now = 0.0
    for i in range(low, high):
        now += work.times[i]
    return now - set_times(stretch, 0, m - 1, speeds, work.stretch_times, motion)


@inner
def attempt(
    work: Working,
    n: int,
    k: int,
    move: int,
    missed: int,
    price: float,
    edges: Edges,
    ground: SeenGround,
    motion: Motion,
    terms: Terms,
) -> tuple[int, int, bool]:
    """Try one move: the way's points and the cells missed afterwards, and whether it was taken."""
    removed, added = propose(work, n, k, move, terms.steps)
    if removed == 0:
        return n, missed, False
    low, high = window(work, n, k, removed, motion)
    gain = saved(work, low, high, k, removed, added, motion)
    # At best it sees all that is missed; with enough seen already, only time counts.
    worth = price * missed if missed > terms.may_miss else 0.0
    doubt = price * terms.doubt
    if gain + worth < doubt:
        return n, missed, False
    if not keeps_directions(work, n, k, removed, added):
        return n, missed, False
    after = k + removed
    for i in range(removed):
        work.old[i, 0] = work.points[k + i, 0]
        work.old[i, 1] = work.points[k + i, 1]
    shortest = shortest_leg(work.points, n, k, after, work.fresh, added)
    if shortest < terms.shortest_m:
        was = shortest_leg(work.points, n, k, after, work.old, removed)
        if shortest < min(was, terms.shortest_m):
            return n, missed, False
    if not stays_inside(work, n, k, removed, added, edges):
        return n, missed, False
    lost = -see_changed(ground, work.points, n, k, after, work.old, removed, work.fresh, added)
    enough = lost <= 0 or missed + lost <= terms.may_miss
    if not enough or gain - price * lost < doubt:
        see_changed(ground, work.points, n, k, after, work.fresh, added, work.old, removed)
        return n, missed, False
    n = splice(work, n, k, removed, added)
    high += added - removed
    set_speeds(work.points, low, high, work.speeds, motion)
    set_times(work.points, low, high, work.speeds, work.times, motion)
    return n, missed + lost, True


@entry
def polish(
    work: Working, n: int, edges: Edges, ground: SeenGround, motion: Motion, terms: Terms
) -> tuple[int, int, float]:
    """Work on a way of n points; its points, the wanted cells it misses and its seconds."""
    forget_seen(ground)
    missed = terms.wanted - paint_way(ground, work.points, n)
    moves = KINDS * terms.steps.shape[0]
    for price in terms.prices:
        work.speeds[0] = 0.0
        work.speeds[n - 1] = 0.0
        set_speeds(work.points, 0, n - 1, work.speeds, motion)
        set_times(work.points, 0, n - 1, work.speeds, work.times, motion)
        for i in range(n):
            work.waiting[i] = True
        for _ in range(terms.rounds):
            better = 0
            k = 0
            while k < n:
                if work.waiting[k]:
                    work.waiting[k] = False
                    for move in range(moves):
                        if k >= n:
                            break
                        n, missed, taken = attempt(
                            work, n, k, move, missed, price, edges, ground, motion, terms
                        )
                        better += taken
                k += 1
            if better == 0:
                break
    work.speeds[0] = 0.0
    work.speeds[n - 1] = 0.0
    set_speeds(work.points, 0, n - 1, work.speeds, motion)
    seconds = set_times(work.points, 0, n - 1, work.speeds, work.times, motion)
    return n, missed, seconds
