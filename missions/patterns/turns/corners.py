"""The corners that a turn is written as: an autopilot that cuts them flies the arc.

A fixed wing of PX4 turns before a waypoint and flies inside of the corner. Each arc is given as the
corners of the polygon that touches it from outside.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.patterns.turns.dubins import DubinsWay

Array = npt.NDArray[np.float64]

# An arc is cut into parts of at most so much, one corner each.
WIDEST_RAD = math.radians(60.0)
CLOSE_M = 2.0


def corners_of(way: DubinsWay) -> list[tuple[float, float]]:
    """The corners of a way, without its ends; metres east and north."""
    found: list[tuple[float, float]] = []
    state = np.array(way.start)
    for letter, length in zip(way.word, way.parts_m, strict=True):
        part = DubinsWay(
            word=letter + "SS",
            parts_m=(length, 0.0, 0.0),
            start=(float(state[0]), float(state[1]), float(state[2])),
            radius_m=way.radius_m,
        )
        if letter != "S" and length > 1e-6:
            found += _outside(part, length / way.radius_m)
        state = part.states(math.pi)[-1]
    return found


def _outside(part: DubinsWay, angle: float) -> list[tuple[float, float]]:
    count = max(1, math.ceil(angle / WIDEST_RAD - 1e-9))
    states = part.states(angle / count)
    reach = part.radius_m * math.tan(angle / count / 2.0)
    return [
        (float(e + reach * math.sin(course)), float(n + reach * math.cos(course)))
        for e, n, course in states[:-1]
    ]


def apart(points: list[tuple[float, float]], least_m: float = CLOSE_M) -> list[tuple[float, float]]:
    """The points without those that lie close behind another one."""
    kept = points[:1]
    for point in points[1:]:
        if math.dist(point, kept[-1]) >= least_m:
            kept.append(point)
    return kept
