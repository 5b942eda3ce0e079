"""A smooth path to a waypoint, slowing for corners: PX4's PositionSmoothing.

North, east and down in metres about a local origin. Source: PX4-Autopilot v1.17,
src/lib/motion_planning/{PositionSmoothing.cpp,TrajectoryConstraints.hpp},
src/lib/mathlib/math/TrajMath.hpp.
"""

import math
from typing import NamedTuple

from sim.vehicle.jerk_limited import JerkLimitedAxis, synchronize

TURNING_SPEED_M_S = 0.2
TURNING_COSINE = 0.98
SHORTEST_L1_M = 5.0
SAME_PLACE_M = 0.001


class Ned(NamedTuple):
    """North, east, down: metres, m/s or m/s2 by context."""

    n: float
    e: float
    d: float


def speed_to_stop_within(jerk: float, acceleration: float, distance: float, end: float) -> float:
    """The greatest speed from which `end` can be reached within a distance."""
    b = 4.0 * acceleration * acceleration / jerk
    c = -2.0 * acceleration * distance - end * end
    return max((-b + math.sqrt(b * b - 4.0 * c)) / 2.0, end)


def braking_distance_m(*, speed: float, jerk: float, acceleration: float) -> float:
    """How far a multirotor goes on when told to hold: PX4's preprojected stop point."""
    return speed * (speed / (2.0 * acceleration) + 0.6 * jerk / jerk)


def speed_in_corner(angle: float, acceleration: float, reach_m: float) -> float:
    """The greatest speed along a circle tangent to two legs, `reach_m` before and after a corner.

    `angle` between the legs in radians: pi is straight on.
    """
    half = min(max(angle, 0.0), math.pi - 1e-7) / 2.0
    return math.sqrt(acceleration * reach_m * math.tan(half))


class Trajectory:
    """The moving setpoint that a vehicle tracks, and the limits it keeps to."""

    def __init__(self) -> None:
        self.north = JerkLimitedAxis()
        self.east = JerkLimitedAxis()
        self.down = JerkLimitedAxis()
        self.axes = (self.north, self.east, self.down)
        self.cruise_m_s = 5.0
        self.corner_gain = 0.5
        self.acceptance_m = 10.0
        self.height_acceptance_m = 0.8
        self.max_error_m = 2.0
        self.max_height_error_m = 1.0
        self._speed_before_turn = 0.0

    def reset(self, *, position: Ned, velocity: Ned, acceleration: Ned) -> None:
        """Begin anew from a state."""
        for axis, x, v, a in zip(self.axes, position, velocity, acceleration, strict=True):
            axis.reset(position=x, velocity=v, acceleration=a)

    def toward(self, previous: Ned, target: Ned, following: Ned) -> Ned:
        """The velocity wanted now, before smoothing, to pass or reach a target."""
        here = Ned(self.north.position, self.east.position, self.down.position)
        turning = self._turning(target)
        aim = self._line_point(here, previous, target) if turning else target
        speed = self._horizontal_speed(here, target, following)
        if turning:
            speed = min(self._speed_before_turn, speed)
        else:
            self._speed_before_turn = speed
        dn, de = aim.n - here.n, aim.e - here.e
        length = math.hypot(dn, de)
        dn, de = (dn / length, de / length) if length > 1e-9 else (0.0, 0.0)
        return Ned(dn * speed, de * speed, self._vertical_speed(here, aim.d, target, following))

    def toward_level(self, target: Ned) -> tuple[float, float]:
        """The horizontal velocity wanted now to reach a target, height not considered."""
        here = Ned(self.north.position, self.east.position, self.down.position)
        speed = self._horizontal_speed(here, target, target)
        dn, de = target.n - here.n, target.e - here.e
        length = math.hypot(dn, de)
        return (dn / length * speed, de / length * speed) if length > 1e-9 else (0.0, 0.0)

    def follow(self, wanted: Ned, position: Ned, dt_s: float) -> None:
        """Advance by `dt_s`, slower where the vehicle lags behind, and aim at a velocity."""
        level, vertical = self._stretch(position)
        self.north.advance(dt_s * level)
        self.east.advance(dt_s * level)
        self.down.advance(dt_s * vertical)
        self.north.aim(wanted.n)
        self.east.aim(wanted.e)
        self.down.aim(wanted.d)
        synchronize(self.axes)

    def _stretch(self, position: Ned) -> tuple[float, float]:
        dn = self.north.position - position.n
        de = self.east.position - position.e
        dd = self.down.position - position.d
        level = vertical = 1.0
        if dn * self.north.velocity + de * self.east.velocity >= 0.0:
            level = 1.0 - min(math.hypot(dn, de) / self.max_error_m, 1.0)
        if dd * self.down.velocity >= 0.0:
            vertical = 1.0 - min(abs(dd) / self.max_height_error_m, 1.0)
        return level, vertical

    def _turning(self, target: Ned) -> bool:
        vn, ve = self.north.velocity, self.east.velocity
        dn, de = target.n - self.north.position, target.e - self.east.position
        speed, distance = math.hypot(vn, ve), math.hypot(dn, de)
        if speed <= TURNING_SPEED_M_S or distance <= self.acceptance_m:
            return False
        return (vn * dn + ve * de) / (speed * distance) < TURNING_COSINE

    def _line_point(self, here: Ned, previous: Ned, target: Ned) -> Ned:
        """Where a circle of the L1 distance about the vehicle meets the leg, ahead of it."""
        leg = Ned(target.n - previous.n, target.e - previous.e, target.d - previous.d)
        length = math.sqrt(leg.n * leg.n + leg.e * leg.e + leg.d * leg.d)
        if length <= 1e-9:
            return previous
        un, ue, ud = leg.n / length, leg.e / length, leg.d / length
        pn, pe, pd = here.n - previous.n, here.e - previous.e, here.d - previous.d
        along = pn * un + pe * ue + pd * ud
        cross = math.sqrt(max(pn * pn + pe * pe + pd * pd - along * along, 0.0))
        l1 = max(self.acceptance_m, SHORTEST_L1_M)
        ahead = along + (math.sqrt(l1 * l1 - cross * cross) if l1 > cross else 0.0)
        return Ned(previous.n + un * ahead, previous.e + ue * ahead, previous.d + ud * ahead)

    def _horizontal_speed(self, here: Ned, target: Ned, following: Ned) -> float:
        end = 0.0
        out_n, out_e = target.n - following.n, target.e - following.e
        leg = math.hypot(out_n, out_e)
        in_n, in_e = target.n - here.n, target.e - here.e
        left = math.hypot(in_n, in_e)
        acceleration = self.north.max_acceleration
        if leg > SAME_PLACE_M and leg >= self.acceptance_m:
            cosine = (in_n * out_n + in_e * out_e) / (left * leg) if left > 1e-9 else 0.0
            angle = math.acos(max(-1.0, min(1.0, cosine)))
            corner = speed_in_corner(angle, self.corner_gain * acceleration, self.acceptance_m)
            jerk = self.north.max_jerk
            stop_at_end = min(self.cruise_m_s, speed_to_stop_within(jerk, acceleration, leg, 0.0))
            end = min(corner, stop_at_end, self.cruise_m_s)
        jerk = self.north.max_jerk
        return min(self.cruise_m_s, speed_to_stop_within(jerk, acceleration, left, end))

    def _vertical_speed(self, here: Ned, aim_d: float, target: Ned, following: Ned) -> float:
        axis = self.down
        end = 0.0
        if abs(target.d - following.d) > SAME_PLACE_M:
            end = min(self._vertical_corner(here, target, following), axis.max_velocity)
        left = abs(target.d - here.d)
        top = speed_to_stop_within(axis.max_jerk, axis.max_acceleration, left, end)
        speed = min(axis.max_velocity, top)
        offset = aim_d - here.d
        return math.copysign(speed, offset) if offset else 0.0

    def _vertical_corner(self, here: Ned, target: Ned, following: Ned) -> float:
        """PX4 takes distances from the local origin for this, and so does this."""
        reach = math.hypot(target.n, target.e)
        in_h, in_d = reach - math.hypot(here.n, here.e), target.d - here.d
        out_h, out_d = reach - math.hypot(following.n, following.e), target.d - following.d
        size = math.hypot(in_h, in_d) * math.hypot(out_h, out_d)
        cosine = (in_h * out_h + in_d * out_d) / size if size > 1e-9 else 0.0
        angle = math.acos(max(-1.0, min(1.0, cosine)))
        return speed_in_corner(angle, self.down.max_acceleration, self.height_acceptance_m)
