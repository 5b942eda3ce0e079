"""The corners that a turn is written as: an autopilot that cuts them flies the arc.

A fixed wing of PX4 turns before a waypoint and flies inside of the corner. Each arc is given as the
corners of the polygon that touches it from outside.
"""

import math

from missions.patterns.turns.dubins import DubinsWay, moved

# An arc is cut into parts of at most so much, one corner each.
WIDEST_RAD = math.radians(60.0)
CLOSE_M = 2.0
# A part that is no longer is none.
SHORTEST_M = 1e-6


def corners_of(way: DubinsWay) -> list[tuple[float, float]]:
    """The corners of a way, without its ends; metres east and north."""
    found: list[tuple[float, float]] = []
    at = way.start
    for letter, length in zip(way.word, way.parts_m, strict=True):
        if length <= SHORTEST_M:
            continue
        if letter == "S":
            at = moved(at, letter, length, way.radius_m)
            continue
        angle = length / way.radius_m
        count = max(1, math.ceil(angle / WIDEST_RAD - 1e-9))
        reach = way.radius_m * math.tan(angle / count / 2.0)
        for _ in range(count):
            east, north, course = at
            found.append((east + reach * math.sin(course), north + reach * math.cos(course)))
            at = moved(at, letter, length / count, way.radius_m)
    return found


def apart(points: list[tuple[float, float]], least_m: float = CLOSE_M) -> list[tuple[float, float]]:
    """The points without those that lie close behind another one."""
    kept = points[:1]
    for point in points[1:]:
        if math.dist(point, kept[-1]) >= least_m:
            kept.append(point)
    return kept
