"""Where two straight motions come too near to each other, exactly.

One moves from its time a on, the other from b on; x and y are the seconds that each has moved. What
separates them is linear in x and y, so all (x, y) at which they are too near are a convex set: a
polygon (the legs' ends, heights, how far the clocks may differ) cut with an ellipse (how far apart
they are over the ground). Least distances and extreme times over it have closed forms.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.fleet.kernels.compiled import entry, inner

Floats = npt.NDArray[np.float64]
# Corners: four of the rectangle, and one for each of four edges that it is cut by.
MOST_CORNERS = 10
# Seconds and metres by which rounding may move an edge.
ROUNDING = 1e-7
FAR = 1e18
# Legs in one box: those far from it are looked at together.
BOXED = 16
# Of two velocities, m2/s2: such motions have no single point of least distance.
PARALLEL = 1e-9


class Limits(NamedTuple):
    """Too near is nearer than both distances, metres. Clocks may differ by `margin_s` and a share
    of the seconds since each take-off."""

    horizontal_m: float
    vertical_m: float
    margin_s: float
    margin_share: float


class Motion(NamedTuple):
    """What separates the two at (x, y): east, north and up at (0, 0), and a second's change."""

    east: float
    north: float
    up: float
    east_x: float
    north_x: float
    up_x: float
    east_y: float
    north_y: float
    up_y: float


@inner
def motion_of(a: Floats, i: int, b: Floats, j: int) -> Motion:
    """Between leg i of one flight and leg j of another; rows are time, east, north, up."""
    pace = 1.0 / (a[i + 1, 0] - a[i, 0])
    other = -1.0 / (b[j + 1, 0] - b[j, 0])
    return Motion(
        a[i, 1] - b[j, 1],
        a[i, 2] - b[j, 2],
        a[i, 3] - b[j, 3],
        (a[i + 1, 1] - a[i, 1]) * pace,
        (a[i + 1, 2] - a[i, 2]) * pace,
        (a[i + 1, 3] - a[i, 3]) * pace,
        (b[j + 1, 1] - b[j, 1]) * other,
        (b[j + 1, 2] - b[j, 2]) * other,
        (b[j + 1, 3] - b[j, 3]) * other,
    )


@inner
def apart(a: Floats, i: int, b: Floats, j: int, limits: Limits) -> bool:
    """Whether the boxes about two legs are already far enough from each other."""
    for axis in range(1, 4):
        room = limits.vertical_m if axis == 3 else limits.horizontal_m
        low = min(a[i, axis], a[i + 1, axis]) - max(b[j, axis], b[j + 1, axis])
        high = min(b[j, axis], b[j + 1, axis]) - max(a[i, axis], a[i + 1, axis])
        if max(low, high) >= room - ROUNDING:
            return True
    return False


@inner
def cut(corners: Floats, count: int, spare: Floats, by_x: float, by_y: float, most: float) -> int:
    """The part of a polygon where by_x * x + by_y * y is at most so much; its corners' number."""
    kept = 0
    for k in range(count):
        after = k + 1 if k + 1 < count else 0
        here = by_x * corners[k, 0] + by_y * corners[k, 1] - most
        there = by_x * corners[after, 0] + by_y * corners[after, 1] - most
        if here <= ROUNDING:
            spare[kept, 0] = corners[k, 0]
            spare[kept, 1] = corners[k, 1]
            kept += 1
        if (here < -ROUNDING and there > ROUNDING) or (here > ROUNDING and there < -ROUNDING):
            share = here / (here - there)
            spare[kept, 0] = corners[k, 0] + share * (corners[after, 0] - corners[k, 0])
            spare[kept, 1] = corners[k, 1] + share * (corners[after, 1] - corners[k, 1])
            kept += 1
    for k in range(kept):
        corners[k, 0] = spare[k, 0]
        corners[k, 1] = spare[k, 1]
    return kept


@inner
def near_in_height(
    motion: Motion, x_most: float, y_most: float, limits: Limits, corners: Floats, spare: Floats
) -> int:
    """Fill in the polygon of (x, y) within both legs at which the heights are too near."""
    corners[0, 0], corners[0, 1] = 0.0, 0.0
    corners[1, 0], corners[1, 1] = x_most, 0.0
    corners[2, 0], corners[2, 1] = x_most, y_most
    corners[3, 0], corners[3, 1] = 0.0, y_most
    room = limits.vertical_m - 2.0 * ROUNDING
    if motion.up_x == 0.0 and motion.up_y == 0.0:
        return 4 if abs(motion.up) < room else 0
    count = cut(corners, 4, spare, motion.up_x, motion.up_y, room - motion.up)
    return cut(corners, count, spare, -motion.up_x, -motion.up_y, room + motion.up)


@inner
def holds(corners: Floats, count: int, x: float, y: float) -> bool:
    """Whether a polygon, whose corners go round to the left, holds a point."""
    for k in range(count):
        after = k + 1 if k + 1 < count else 0
        along_x = corners[after, 0] - corners[k, 0]
        along_y = corners[after, 1] - corners[k, 1]
        if along_x * (y - corners[k, 1]) - along_y * (x - corners[k, 0]) < 0.0:
            return False
    return count > 2


@inner
def squared_at(motion: Motion, x: float, y: float) -> float:
    """The square of the distance over the ground at (x, y)."""
    east = motion.east + motion.east_x * x + motion.east_y * y
    north = motion.north + motion.north_x * x + motion.north_y * y
    return east * east + north * north


@inner
def along_edge(motion: Motion, corners: Floats, k: int, after: int) -> tuple[float, float, float]:
    """The squared distance along an edge as a quadratic of the share of it: s2, s and constant."""
    x, y = corners[k, 0], corners[k, 1]
    dx, dy = corners[after, 0] - x, corners[after, 1] - y
    east = motion.east + motion.east_x * x + motion.east_y * y
    north = motion.north + motion.north_x * x + motion.north_y * y
    east_s = motion.east_x * dx + motion.east_y * dy
    north_s = motion.north_x * dx + motion.north_y * dy
    return (
        east_s * east_s + north_s * north_s,
        2.0 * (east * east_s + north * north_s),
        east * east + north * north,
    )


@inner
def least_apart(motion: Motion, corners: Floats, count: int) -> tuple[float, float, float]:
    """The least squared distance over the ground in a polygon, and where in it."""
    best, best_x, best_y = FAR, 0.0, 0.0
    turn = motion.east_x * motion.north_y - motion.east_y * motion.north_x
    if abs(turn) > PARALLEL:
        x = (motion.east_y * motion.north - motion.north_y * motion.east) / turn
        y = (motion.north_x * motion.east - motion.east_x * motion.north) / turn
        if holds(corners, count, x, y):
            return squared_at(motion, x, y), x, y
    for k in range(count):
        after = k + 1 if k + 1 < count else 0
        two, one, _ = along_edge(motion, corners, k, after)
        share = min(1.0, max(0.0, -one / (2.0 * two))) if two > 1e-18 else 0.0
        x = corners[k, 0] + share * (corners[after, 0] - corners[k, 0])
        y = corners[k, 1] + share * (corners[after, 1] - corners[k, 1])
        squared = squared_at(motion, x, y)
        if squared < best:
            best, best_x, best_y = squared, x, y
    return best, best_x, best_y


@inner
def extremes(
    motion: Motion, corners: Floats, count: int, reach_m: float, by_x: float, by_y: float
) -> tuple[float, float]:
    """The least and most of by_x * x + by_y * y where the two are nearer than `reach_m` over the
    ground; the least is above the most where they never are."""
    least, most = FAR, -FAR
    square = reach_m * reach_m
    for k in range(count):
        after = k + 1 if k + 1 < count else 0
        two, one, none = along_edge(motion, corners, k, after)
        first, last = shares_within(two, one, none - square)
        first, last = max(0.0, first), min(1.0, last)
        if first > last:
            continue
        start = by_x * corners[k, 0] + by_y * corners[k, 1]
        whole = by_x * corners[after, 0] + by_y * corners[after, 1] - start
        least = min(least, start + first * whole, start + last * whole)
        most = max(most, start + first * whole, start + last * whole)
    turn = motion.east_x * motion.north_y - motion.east_y * motion.north_x
    if abs(turn) <= PARALLEL:
        return least, most
    # The ellipse's own extremes: the two are reach_m apart in the direction (east, north).
    east = (by_x * motion.north_y - by_y * motion.north_x) / turn
    north = (by_y * motion.east_x - by_x * motion.east_y) / turn
    size = math.hypot(east, north)
    if size <= 0.0:
        return least, most
    for side in (-1.0, 1.0):
        e = side * reach_m * east / size - motion.east
        n = side * reach_m * north / size - motion.north
        x = (motion.north_y * e - motion.east_y * n) / turn
        y = (motion.east_x * n - motion.north_x * e) / turn
        if holds(corners, count, x, y):
            value = by_x * x + by_y * y
            least, most = min(least, value), max(most, value)
    return least, most


@inner
def shares_within(two: float, one: float, none: float) -> tuple[float, float]:
    """Where two * s * s + one * s + none is at most nought; the first is past the last if never."""
    if two < 1e-18:
        return (0.0, 1.0) if none <= 0.0 else (1.0, 0.0)
    inside = one * one - 4.0 * two * none
    if inside < 0.0:
        return 1.0, 0.0
    root = math.sqrt(inside)
    return (-one - root) / (2.0 * two), (-one + root) / (2.0 * two)


@entry
def nearest_of(a: Floats, b: Floats, limits: Limits, room: Floats, found: Floats) -> bool:
    """Whether two flights, rows of time, east, north, up, ever come too near to each other.

    `found` becomes the first time that they do, and where they are nearest over the ground: the
    times of the one and of the other, and metres over the ground. `room` is (2, 10, 2) of scratch.
    """
    corners, spare = room[0], room[1]
    share = limits.margin_share
    reach = limits.horizontal_m - ROUNDING
    found[0], found[3] = FAR, FAR
    begin = 0
    for i in range(len(a) - 1):
        last_s = a[i + 1, 0] + latest(a, b, a[i + 1, 0], limits)
        while begin < len(b) - 2 and gone(a, i, b, begin, limits):
            begin += 1
        for j in range(begin, len(b) - 1):
            if b[j, 0] > last_s:
                break
            if apart(a, i, b, j, limits):
                continue
            motion = motion_of(a, i, b, j)
            count = near_in_height(
                motion, a[i + 1, 0] - a[i, 0], b[j + 1, 0] - b[j, 0], limits, corners, spare
            )
            gap = a[i, 0] - b[j, 0]
            may = margin(a, b, a[i, 0], b[j, 0], limits)
            count = cut(corners, count, spare, 1.0 - share, -1.0 - share, may - gap)
            count = cut(corners, count, spare, -1.0 - share, 1.0 - share, may + gap)
            if count == 0:
                continue
            squared, x, y = least_apart(motion, corners, count)
            if squared >= reach * reach:
                continue
            first, _ = extremes(motion, corners, count, reach, 0.5, 0.5)
            found[0] = min(found[0], first + (a[i, 0] + b[j, 0]) / 2.0)
            if squared < found[3] * found[3]:
                found[1], found[2], found[3] = a[i, 0] + x, b[j, 0] + y, math.sqrt(squared)
    return bool(found[0] < FAR)


@inner
def margin(a: Floats, b: Floats, at_a: float, at_b: float, limits: Limits) -> float:
    """Seconds by which the two clocks may differ at these times."""
    flown = at_a - float(a[0, 0]) + at_b - float(b[0, 0])
    return limits.margin_s + limits.margin_share * flown


@inner
def gone(a: Floats, i: int, b: Floats, j: int, limits: Limits) -> bool:
    """Whether leg j is over before leg i begins, whatever the clocks."""
    over = float(b[j + 1, 0])
    return over + margin(a, b, a[i, 0], over, limits) + ROUNDING < float(a[i, 0])


@inner
def latest(a: Floats, b: Floats, at_a: float, limits: Limits) -> float:
    """Seconds after `at_a` by the second's clock after which it is not met any more."""
    may = margin(a, b, at_a, at_a, limits)
    return may / (1.0 - limits.margin_share) + ROUNDING


@inner
def beyond(a: Floats, i: int, box: Floats, limits: Limits) -> bool:
    """Whether a leg is already far enough from all within a box: least and most east, north, up."""
    for axis in range(3):
        room = limits.vertical_m if axis == 2 else limits.horizontal_m
        low = min(a[i, axis + 1], a[i + 1, axis + 1]) - box[axis + 3]
        high = box[axis] - max(a[i, axis + 1], a[i + 1, axis + 1])
        if max(low, high) >= room - ROUNDING:
            return True
    east, north = a[i + 1, 1] - a[i, 1], a[i + 1, 2] - a[i, 2]
    middle_e, middle_n = (box[0] + box[3]) / 2.0 - a[i, 1], (box[1] + box[4]) / 2.0 - a[i, 2]
    half = abs(north) * (box[3] - box[0]) / 2.0 + abs(east) * (box[4] - box[1]) / 2.0
    off = abs(north * middle_e - east * middle_n) - half
    return bool(off > (limits.horizontal_m + ROUNDING) * math.hypot(east, north) + ROUNDING)


@inner
def beside(a: Floats, i: int, b: Floats, j: int, limits: Limits) -> bool:
    """Whether one leg lies wholly to one side of the line of another, and far enough from it."""
    east, north = a[i + 1, 1] - a[i, 1], a[i + 1, 2] - a[i, 2]
    first = north * (b[j, 1] - a[i, 1]) - east * (b[j, 2] - a[i, 2])
    last = north * (b[j + 1, 1] - a[i, 1]) - east * (b[j + 1, 2] - a[i, 2])
    off = max(min(first, last), -max(first, last))
    return bool(off > (limits.horizontal_m + ROUNDING) * math.hypot(east, north) + ROUNDING)


@inner
def forbidden_by_legs(
    a: Floats, i: int, b: Floats, j: int, limits: Limits, room: Floats, found: Floats
) -> int:
    """The interval by which two legs forbid delays, if they do: how many were found."""
    corners, spare = room[0], room[1]
    share = limits.margin_share
    reach = limits.horizontal_m - ROUNDING
    motion = motion_of(a, i, b, j)
    size = near_in_height(
        motion, a[i + 1, 0] - a[i, 0], b[j + 1, 0] - b[j, 0], limits, corners, spare
    )
    if size == 0:
        return 0
    least, _ = extremes(motion, corners, size, reach, 1.0 - share, -1.0 - share)
    _, most = extremes(motion, corners, size, reach, 1.0 + share, -1.0 + share)
    if least > most:
        return 0
    gap = a[i, 0] - b[j, 0]
    may = margin(a, b, a[i, 0], b[j, 0], limits)
    found[0] = least + gap - may
    found[1] = most + gap + may
    return 1


@entry
def forbidden_delays(
    a: Floats,
    b: Floats,
    boxes: Floats,
    start: int,
    limits: Limits,
    room: Floats,
    found: Floats,
) -> tuple[int, int]:
    """By how much the second flight must not be later than it is: intervals of seconds.

    `boxes` are about each `BOXED` legs of the second. Goes on from leg `start` of the first until
    `found`, shape (n, 2), n at least the legs of the second, is full: the leg to go on from, and
    how many intervals were found.
    """
    count = 0
    for i in range(start, len(a) - 1):
        if count + len(b) > len(found):
            return i, count
        for box in range(len(boxes)):
            if beyond(a, i, boxes[box], limits):
                continue
            for j in range(box * BOXED, min((box + 1) * BOXED, len(b) - 1)):
                if apart(a, i, b, j, limits):
                    continue
                if not (beside(a, i, b, j, limits) or beside(b, j, a, i, limits)):
                    count += forbidden_by_legs(a, i, b, j, limits, room, found[count])
    return len(a) - 1, count
