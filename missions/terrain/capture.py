"""How PX4 comes to a waypoint whose height it has not reached, and where points must stand for it.

PX4 goes on to the next waypoint only when it is within the acceptance radius and, at that moment,
within 0.8 m of the height (NAV_MC_ALT_RAD). To a waypoint whose successor has another height it
means to come climbing or sinking, and so swings about the height by up to 1.3 m. Where it leaves
the radius before both were true, straight on, it never turns round: it follows the line of the leg,
on and on, and up or down with it (PositionSmoothing.cpp, `_isTurning` and `_getL1Point`, after
v1.17; flown so by it at 8 m/s over waypoints 20 and 30 m apart).

Within the radius it steers to the waypoint itself. So a radius that it can stop in holds it until
the height comes. Where the radius must be small, a successor at the same height leaves no swing.
"""

import math

import numpy as np

from missions.terrain.flown_heights import Rates
from missions.terrain.tile import Array

# MPC_JERK_AUTO.
JERK_M_S3 = 4.0
# From here on the corner slows the vehicle so much that it stops within 2 m of it: v^2 = gain a r
# tan((pi - turn) / 2) with MPC_XY_TRAJ_P 0.5, 0.3 s behind its setpoint.
SHARP_TURN = math.radians(75.0)


def capture_radius_m(rates: Rates) -> float:
    """The radius in which PX4 can stop from cruise, as it reckons that itself.

    Source: src/lib/mathlib/math/TrajMath.hpp, `computeMaxSpeedFromDistance`, solved for the way.
    """
    return float(stopping_m(rates.speed_m_s, rates.acceleration_m_s2))


def stopping_m(speed_m_s: Array | float, acceleration_m_s2: float) -> Array:
    """The same of many speeds, shape (n,)."""
    speeds = np.asarray(speed_m_s, dtype=np.float64)
    jerk = 2.0 * speeds * acceleration_m_s2 / JERK_M_S3
    found: Array = speeds**2 / (2.0 * acceleration_m_s2) + jerk
    return found


def highest_behind(along_m: Array, heights_m: Array, reach_m: Array | float) -> Array:
    """The greatest height at most `reach_m` behind each place; places in order, shapes (n,).

    What lies between two samples counts with the sample before it.
    """
    first = np.searchsorted(along_m, along_m - reach_m, side="right") - 1
    first = np.maximum(first, 0)
    best, width = heights_m.copy(), 1
    count = np.arange(len(along_m)) - first + 1
    answer = heights_m.copy()
    # Of each two spans of a power of two, one begins at `first` and one ends here.
    while (wide := count >= width).any():
        ends = np.flatnonzero(wide & (count < 2 * width))
        answer[ends] = np.maximum(best[ends], best[first[ends] + width - 1])
        longer = best.copy()
        longer[width:] = np.maximum(best[width:], best[:-width])
        best, width = longer, 2 * width
    return answer


def turn_at(before: Array, here: Array, after: Array) -> float:
    """How far the course turns at a place, radians; positions are ECEF metres."""
    one, two = here - before, after - here
    size = float(np.linalg.norm(one) * np.linalg.norm(two))
    if size == 0.0:
        return math.pi
    return math.acos(max(-1.0, min(1.0, float(one @ two) / size)))
