"""Seconds, and seconds of battery, of quickest ways round the walls, for one kind of vehicle.

A way is a run of straight legs over the walls' corners. The wind is steady, so a straight leg,
where it is clear, is the quickest (the speeds that can be held are a convex set). A corner counts
as a stop: a way is promised later than it is flown, never earlier.
"""

import math
from typing import NamedTuple

from missions.reaction.kernels.compiled import NEVER, Bits, Floats, Ints, entry, inner
from missions.reaction.kernels.walls import Walls, clear

SLOWEST_M_S = 0.5


class Motion(NamedTuple):
    """How a kind moves: see `missions.reaction.motion`. `stop_s` is what a stop costs."""

    speed_m_s: float
    most_air_m_s: float
    cruise_m_s: float
    winged: bool
    wind_e_m_s: float
    wind_n_m_s: float
    acceleration_m_s2: float
    stop_s: float
    climb_m_s: float
    descent_m_s: float


class Corners(NamedTuple):
    """Corners (c, 2), metres; between all pairs the seconds, battery and the next corner."""

    points: Floats
    seconds: Floats
    battery: Floats
    then: Ints


@inner
def flown(dx: float, dy: float, motion: Motion) -> tuple[float, float]:
    """Seconds and battery of a straight leg without its stops; NEVER against too much wind."""
    length = math.hypot(dx, dy)
    if length < 1e-9:
        return 0.0, 0.0
    along = (motion.wind_e_m_s * dx + motion.wind_n_m_s * dy) / length
    across = (motion.wind_e_m_s * dy - motion.wind_n_m_s * dx) / length
    most = motion.most_air_m_s
    if abs(across) >= most:
        return NEVER, NEVER
    ground = along + math.sqrt(most * most - across * across)
    if ground < SLOWEST_M_S:
        return NEVER, NEVER
    if motion.winged:
        return length / ground, length / ground
    ground = min(ground, motion.speed_m_s)
    air = math.hypot(ground - along, across)
    seconds = length / ground
    return seconds, seconds * max(1.0, air / motion.cruise_m_s)


@inner
def standing(
    seconds: float, battery: float, straight_m: float, rise_m: float, motion: Motion
) -> tuple[float, float]:
    """A way's seconds and battery from standing to standing, its climb flown on the way."""
    if seconds >= NEVER:
        return NEVER, NEVER
    ramp = motion.stop_s
    if not motion.winged and 0.0 < straight_m < motion.speed_m_s * motion.stop_s:
        # Too short to get fast: 2 sqrt(length / a) in all.
        ramp = max(0.0, 2.0 * math.sqrt(straight_m / motion.acceleration_m_s2) - seconds)
        ramp = min(ramp, motion.stop_s)
    elif seconds <= 0.0:
        ramp = 0.0
    upright = max(0.0, rise_m) / motion.climb_m_s + max(0.0, -rise_m) / motion.descent_m_s
    whole = max(seconds + ramp, upright)
    return whole, battery + ramp + (whole - seconds - ramp)


@entry
def join_corners(corners: Corners, seen: Bits, motion: Motion) -> None:
    """Fill in the ways between all corners (Floyd and Warshall). Arriving at one costs a stop."""
    points, seconds, battery, then = corners
    count = len(points)
    for i in range(count):
        for j in range(count):
            then[i, j] = j
            if i == j:
                seconds[i, j] = battery[i, j] = 0.0
            elif seen[i, j] == 0:
                seconds[i, j] = battery[i, j] = NEVER
            else:
                dx, dy = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1]
                seconds[i, j], battery[i, j] = flown(dx, dy, motion)
                if seconds[i, j] < NEVER:
                    seconds[i, j] += motion.stop_s
                    battery[i, j] += motion.stop_s
    for k in range(count):
        for i in range(count):
            first = seconds[i, k]
            if first >= NEVER or i == k:
                continue
            for j in range(count):
                if first + seconds[k, j] < seconds[i, j]:
                    seconds[i, j] = first + seconds[k, j]
                    battery[i, j] = battery[i, k] + battery[k, j]
                    then[i, j] = then[i, k]


@inner
def reach_corners(
    x: float, y: float, sees: Bits, corners: Corners, motion: Motion, reach: Floats, by: Ints
) -> None:
    """Fill in for every corner the seconds and battery, (2, c), to it from a point, and by which
    corner the way begins."""
    points = corners.points
    count = len(points)
    for v in range(count):
        reach[0, v] = reach[1, v] = NEVER
    for u in range(count):
        if sees[u] == 0:
            continue
        first, drained = flown(points[u, 0] - x, points[u, 1] - y, motion)
        if first >= NEVER:
            continue
        first += motion.stop_s
        drained += motion.stop_s
        for v in range(count):
            whole = first + corners.seconds[u, v]
            if whole < reach[0, v]:
                reach[0, v] = whole
                reach[1, v] = drained + corners.battery[u, v]
                by[v] = u


@inner
def leave_corners(
    x: float, y: float, sees: Bits, corners: Corners, motion: Motion, reach: Floats
) -> tuple[float, float, int]:
    """The quickest way to a point given how the corners are reached; by which corner it ends."""
    best, drained, last = NEVER, NEVER, -1
    for v in range(len(corners.points)):
        if sees[v] == 0 or reach[0, v] >= best:
            continue
        end, spent = flown(x - corners.points[v, 0], y - corners.points[v, 1], motion)
        if reach[0, v] + end < best:
            best, drained, last = reach[0, v] + end, reach[1, v] + spent, v
    return best, drained, last


@entry
def ways_between(
    sources: Floats,
    goals: Floats,
    source_sees: Bits,
    goal_sees: Bits,
    walls: Walls,
    corners: Corners,
    motion: Motion,
    reach: Floats,
    by: Ints,
    seconds: Floats,
    battery: Floats,
) -> None:
    """Fill in seconds and battery, (s, g), from standing at each source to standing at each goal.

    Sources and goals are (., 4): x, y, height, and the metres from the place itself to x, y where
    it lies too near to a wall; NEVER in the fourth: it cannot be flown from or to.
    """
    for i in range(len(sources)):
        x, y, height, off_m = sources[i, 0], sources[i, 1], sources[i, 2], sources[i, 3]
        reached = False
        for j in range(len(goals)):
            to_x, to_y = goals[j, 0], goals[j, 1]
            aside_m = off_m + goals[j, 3]
            if aside_m >= NEVER:
                seconds[i, j] = battery[i, j] = NEVER
                continue
            straight_m = math.hypot(to_x - x, to_y - y)
            if clear(x, y, to_x, to_y, walls):
                time, drain = flown(to_x - x, to_y - y, motion)
            else:
                straight_m = NEVER
                if not reached:
                    reach_corners(x, y, source_sees[i], corners, motion, reach, by)
                    reached = True
                time, drain, _ = leave_corners(to_x, to_y, goal_sees[j], corners, motion, reach)
            if aside_m > 0.0 and time < NEVER:
                # Slowly, on top of a stop at the place where the way proper begins.
                straight_m = NEVER
                aside_s = 2.0 * aside_m / motion.speed_m_s + motion.stop_s
                time += aside_s
                drain += aside_s * motion.most_air_m_s / motion.cruise_m_s
            rise_m = goals[j, 2] - height
            if height >= NEVER or goals[j, 2] >= NEVER:
                rise_m = 0.0
            seconds[i, j], battery[i, j] = standing(time, drain, straight_m, rise_m, motion)


@entry
def trace(
    source: Floats,
    goal: Floats,
    source_sees: Bits,
    goal_sees: Bits,
    walls: Walls,
    corners: Corners,
    motion: Motion,
    reach: Floats,
    by: Ints,
    over: Ints,
) -> int:
    """Fill in the corners that the way from a source to a goal turns at; how many, -1: no way."""
    x, y, to_x, to_y = source[0], source[1], goal[0], goal[1]
    if clear(x, y, to_x, to_y, walls):
        return 0
    reach_corners(x, y, source_sees, corners, motion, reach, by)
    time, _, last = leave_corners(to_x, to_y, goal_sees, corners, motion, reach)
    if time >= NEVER:
        return -1
    at, count = by[last], 0
    over[count] = at
    while at != last:
        at = corners.then[at, last]
        count += 1
        over[count] = at
    return count + 1
