"""A smooth path to a waypoint, slowing for corners: PX4's PositionSmoothing.

North, east and down in metres about a local origin. Source: PX4-Autopilot v1.17,
src/lib/motion_planning/{PositionSmoothing.cpp,TrajectoryConstraints.hpp},
src/lib/mathlib/math/TrajMath.hpp.
"""

import math

import numpy as np
import numpy.typing as npt

from sim.vehicle.core.axis import advance, aim, synchronize
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import DOWN, EAST, NORTH, Axis, Craft, Floats
from sim.vehicle.core.rotation import horizontal
from sim.vehicle.settings import FlightSettings

Axes = npt.NDArray[np.void]
TURNING_SPEED_M_S = 0.2
TURNING_COSINE = 0.98
SHORTEST_L1_M = 5.0
SAME_PLACE_M = 0.001
NOWHERE = 1e-9
# PX4 keeps 1e-7 radians off the straight angle, where the tangent has no end.
STRAIGHT_ON = 5e-15


@inner
def speed_to_stop_within(jerk: float, acceleration: float, distance: float, end: float) -> float:
    """The greatest speed from which `end` can be reached within a distance."""
    b = 4.0 * acceleration * acceleration / jerk
    c = -2.0 * acceleration * distance - end * end
    return max((-b + math.sqrt(b * b - 4.0 * c)) / 2.0, end)


@inner
def speed_in_corner(cosine: float, acceleration: float, reach_m: float) -> float:
    """The greatest speed along a circle tangent to two legs, `reach_m` before and after a corner.

    `cosine` of the angle between the legs: -1 is straight on. PX4 takes the tangent of half the
    angle, which is the root here.
    """
    within = max(-1.0 + STRAIGHT_ON, min(1.0, cosine))
    return math.sqrt(acceleration * reach_m * math.sqrt((1.0 - within) / (1.0 + within)))


@inner
def toward(
    craft: Craft,
    axes: Axes,
    settings: FlightSettings,
    previous: Floats,
    target: Floats,
    following: Floats,
) -> tuple[float, float, float]:
    """The velocity wanted now, before smoothing, to pass or reach a target."""
    n, e, d = axes[NORTH].position, axes[EAST].position, axes[DOWN].position
    aim_n, aim_e, aim_d = target[0], target[1], target[2]
    turning = _turning(craft, axes, target)
    if turning:
        aim_n, aim_e, aim_d = _line_point(craft, n, e, d, previous, target)
    speed = _horizontal_speed(craft, axes[NORTH], settings, n, e, target, following)
    if turning:
        speed = min(craft.speed_before_turn, speed)
    else:
        craft.speed_before_turn = speed
    length = horizontal(aim_n - n, aim_e - e)
    share = speed / length if length > NOWHERE else 0.0
    down = _vertical_speed(axes[DOWN], settings, n, e, d, aim_d, target, following)
    return (aim_n - n) * share, (aim_e - e) * share, down


@inner
def toward_level(
    craft: Craft, axes: Axes, settings: FlightSettings, target: Floats
) -> tuple[float, float]:
    """The horizontal velocity wanted now to reach a target, height not considered."""
    n, e = axes[NORTH].position, axes[EAST].position
    speed = _horizontal_speed(craft, axes[NORTH], settings, n, e, target, target)
    length = horizontal(target[0] - n, target[1] - e)
    share = speed / length if length > NOWHERE else 0.0
    return (target[0] - n) * share, (target[1] - e) * share


@inner
def toward_alone(
    craft: Craft, axes: Axes, settings: FlightSettings, target: Floats
) -> tuple[float, float, float]:
    """The velocity wanted now to reach a single waypoint: there is no leg to turn into."""
    north, east = toward_level(craft, axes, settings, target)
    n, e, d = axes[NORTH].position, axes[EAST].position, axes[DOWN].position
    down = _vertical_speed(axes[DOWN], settings, n, e, d, target[2], target, target)
    return north, east, down


@inner
def follow(
    craft: Craft,
    axes: Axes,
    settings: FlightSettings,
    wanted_n: float,
    wanted_e: float,
    wanted_d: float,
    dt_s: float,
) -> None:
    """Advance by `dt_s`, slower where the vehicle lags behind, and aim at a velocity."""
    north, east, down = axes[NORTH], axes[EAST], axes[DOWN]
    place = craft.believed_position
    dn, de, dd = north.position - place[0], east.position - place[1], down.position - place[2]
    level = vertical = 1.0
    if dn * north.velocity + de * east.velocity >= 0.0:
        level = 1.0 - min(horizontal(dn, de) / settings.max_error_m, 1.0)
    if dd * down.velocity >= 0.0:
        vertical = 1.0 - min(abs(dd) / settings.max_height_error_m, 1.0)
    advance(north, dt_s * level)
    advance(east, dt_s * level)
    advance(down, dt_s * vertical)
    aim(north, wanted_n)
    aim(east, wanted_e)
    aim(down, wanted_d)
    synchronize(north, east, down)


@inner
def _turning(craft: Craft, axes: Axes, target: Floats) -> bool:
    north, east = axes[NORTH], axes[EAST]
    dn, de = target[0] - north.position, target[1] - east.position
    speed, distance = horizontal(north.velocity, east.velocity), horizontal(dn, de)
    if speed <= TURNING_SPEED_M_S or distance <= craft.acceptance_m:
        return False
    along = north.velocity * dn + east.velocity * de
    return bool(along / (speed * distance) < TURNING_COSINE)


@inner
def _line_point(
    craft: Craft, n: float, e: float, d: float, previous: Floats, target: Floats
) -> tuple[float, float, float]:
    """Where a circle of the L1 distance about the vehicle meets the leg, ahead of it."""
    un, ue, ud = target[0] - previous[0], target[1] - previous[1], target[2] - previous[2]
    length = math.sqrt(un * un + ue * ue + ud * ud)
    if length <= NOWHERE:
        return previous[0], previous[1], previous[2]
    un, ue, ud = un / length, ue / length, ud / length
    pn, pe, pd = n - previous[0], e - previous[1], d - previous[2]
    along = pn * un + pe * ue + pd * ud
    cross = math.sqrt(max(pn * pn + pe * pe + pd * pd - along * along, 0.0))
    l1 = max(craft.acceptance_m, SHORTEST_L1_M)
    ahead = along + (math.sqrt(l1 * l1 - cross * cross) if l1 > cross else 0.0)
    return previous[0] + un * ahead, previous[1] + ue * ahead, previous[2] + ud * ahead


@inner
def _horizontal_speed(
    craft: Craft,
    axis: Axis,
    settings: FlightSettings,
    n: float,
    e: float,
    target: Floats,
    following: Floats,
) -> float:
    end = 0.0
    out_n, out_e = target[0] - following[0], target[1] - following[1]
    in_n, in_e = target[0] - n, target[1] - e
    leg, left = horizontal(out_n, out_e), horizontal(in_n, in_e)
    jerk, acceleration, cruise = axis.max_jerk, axis.max_acceleration, craft.cruise_m_s
    if leg > SAME_PLACE_M and leg >= craft.acceptance_m:
        cosine = (in_n * out_n + in_e * out_e) / (left * leg) if left > NOWHERE else 0.0
        corner = speed_in_corner(cosine, settings.corner_gain * acceleration, craft.acceptance_m)
        stop_at_end = speed_to_stop_within(jerk, acceleration, leg, 0.0)
        end = min(corner, min(stop_at_end, cruise))
    return min(cruise, speed_to_stop_within(jerk, acceleration, left, end))


@inner
def _vertical_speed(
    axis: Axis,
    settings: FlightSettings,
    n: float,
    e: float,
    d: float,
    aim_d: float,
    target: Floats,
    following: Floats,
) -> float:
    end = 0.0
    if abs(target[2] - following[2]) > SAME_PLACE_M:
        corner = _vertical_corner(axis, settings, n, e, d, target, following)
        end = min(corner, axis.max_velocity)
    left = abs(target[2] - d)
    top = speed_to_stop_within(axis.max_jerk, axis.max_acceleration, left, end)
    speed = min(axis.max_velocity, top)
    return math.copysign(speed, aim_d - d) if aim_d != d else 0.0


@inner
def _vertical_corner(
    axis: Axis,
    settings: FlightSettings,
    n: float,
    e: float,
    d: float,
    target: Floats,
    following: Floats,
) -> float:
    """PX4 takes distances from the local origin for this, and so does this."""
    reach = horizontal(target[0], target[1])
    in_h, in_d = reach - horizontal(n, e), target[2] - d
    out_h, out_d = reach - horizontal(following[0], following[1]), target[2] - following[2]
    size = horizontal(in_h, in_d) * horizontal(out_h, out_d)
    cosine = (in_h * out_h + in_d * out_d) / size if size > NOWHERE else 0.0
    return speed_in_corner(cosine, axis.max_acceleration, settings.height_acceptance_m)
